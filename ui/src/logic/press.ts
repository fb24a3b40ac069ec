/**
 * A pointer leaves no focus behind, so that Space and Enter keep their meaning in the view; a key
 * keeps it where it was.
 */
export function leaveNoFocus(event: MouseEvent & { currentTarget: HTMLElement }): void {
  if (event.detail > 0) event.currentTarget.blur();
}
