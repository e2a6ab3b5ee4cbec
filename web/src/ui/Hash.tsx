/** A digest, short to the eye and whole to copy and to screen readers. */
export function Hash({ value, label }: { value: string; label: string }) {
  return (
    <span className="font-mono text-xs" title={value}>
      <span aria-hidden>{value.slice(0, 12)}…</span>
      <span className="sr-only">{`${label} ${value}`}</span>
    </span>
  );
}
