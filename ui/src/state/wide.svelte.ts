import { MediaQuery } from "svelte/reactivity";

/** From here on a view stands beside the timer; the same width is written in App.svelte. */
const WIDE = "min-width: 900px";

/** Whether the window has room for two. */
export class Wide extends MediaQuery {
  constructor() {
    super(WIDE);
  }
}
