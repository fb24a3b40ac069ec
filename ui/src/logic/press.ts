import { on } from "svelte/events";

/**
 * A pointer leaves no focus behind, so that Space and Enter keep their meaning in the view; a key
 * keeps it where it was.
 */
export function leaveNoFocus(event: MouseEvent & { currentTarget: HTMLElement }): void {
  if (event.detail > 0) event.currentTarget.blur();
}

/** Whether a control was last touched by a pointer or by a key, where that is seen too late to ask. */
export class Touch {
  #byPointer = false;

  get byPointer(): boolean {
    return this.#byPointer;
  }

  readonly attach = (control: HTMLElement): (() => void) => {
    const offs = [
      on(control, "pointerdown", () => (this.#byPointer = true)),
      on(control, "keydown", () => (this.#byPointer = false)),
    ];
    return () => offs.forEach((off) => off());
  };
}
