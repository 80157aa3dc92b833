/* Every page loads this module; it imports the custom elements. */
import "./chat-announcer.js";
import "./chat-composer.js";
import "./chat-keeping.js";
import "./chat-log.js";
import "./chat-panel.js";
import "./chat-signals.js";
import "./drop-down.js";
import "./event-tabs.js";
import "./local-time.js";
import "./notice-bell.js";
import "./tech-check.js";
import "./theme-switch.js";
import "./turning-point.js";
import "./video-chapters.js";
import "./video-player.js";
import "./video-resume.js";
import "./video-transcript.js";
