/* Every page loads this module; it imports the custom elements. */
