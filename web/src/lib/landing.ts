/** Goes to a place of the page: unfolds what it is folded in, and puts the focus there. */
export function land(id: string): void {
  const place = document.getElementById(id);
  if (!place) return;
  for (let fold = place.closest("details"); fold; fold = fold.parentElement?.closest("details") ?? null) {
    fold.open = true;
  }
  place.focus();
}
