let region: HTMLElement | null = null;

/** Says something politely to screen readers without showing it. */
export function announce(message: string): void {
  if (!region?.isConnected) {
    region = document.createElement("div");
    region.setAttribute("role", "log");
    region.setAttribute("aria-live", "polite");
    region.className = "sr-only";
    document.body.append(region);
  }
  const line = document.createElement("div");
  line.textContent = message;
  region.append(line);
  setTimeout(() => line.remove(), 7000);
}
