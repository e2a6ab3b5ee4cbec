/** Where to go after signing in: only a path of this site, never another one. */
export function localPath(next: string | undefined): string {
  if (!next || !/^\/[^/\\]/.test(next)) return "/audits";
  const url = new URL(next, location.origin);
  return url.origin === location.origin ? url.pathname + url.search : "/audits";
}
