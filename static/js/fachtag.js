/* Every page loads this module; it imports the custom elements. */
import "./drop-down.js";
import "./local-time.js";
import "./theme-switch.js";
