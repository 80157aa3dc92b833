/* <video-chapters data-video> jumps to chapters, and marks the one that runs. */

import { TimedList } from "./timed-list.js";

class VideoChapters extends TimedList {}

customElements.define("video-chapters", VideoChapters);
