/* Every page loads this module; it imports the custom elements. */
import "./local-time.js";
