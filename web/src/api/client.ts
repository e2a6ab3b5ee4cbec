import { networkError, problemOf } from "./problem";
import { apiBase, currentSession, forgetSession, refreshToken } from "./session";

type Query = Record<string, string | number | undefined>;

interface Call {
  method?: "GET" | "POST" | "PUT" | "DELETE";
  query?: Query;
  body?: unknown;
  signal?: AbortSignal;
  headers?: Record<string, string>;
}

function address(path: string, query: Query = {}): string {
  const search = new URLSearchParams();
  for (const [key, value] of Object.entries(query)) {
    if (value !== undefined && value !== "") search.set(key, String(value));
  }
  const tail = search.toString();
  return `${apiBase}/api/v1${path}${tail ? `?${tail}` : ""}`;
}

async function send(path: string, call: Call, token: string | null): Promise<Response> {
  try {
    return await fetch(address(path, call.query), {
      method: call.method ?? "GET",
      headers: {
        ...(token ? { authorization: `Bearer ${token}` } : {}),
        ...(call.body === undefined ? {} : { "content-type": "application/json" }),
        ...call.headers,
      },
      body: call.body === undefined ? null : JSON.stringify(call.body),
      signal: call.signal ?? null,
    });
  } catch (error) {
    if (error instanceof DOMException && error.name === "AbortError") throw error;
    throw networkError();
  }
}

/**
 * Calls the API with the session's token. A 401 refreshes the token once; when that fails the session is forgotten,
 * which leads to the sign-in page.
 *
 * @throws ApiError for every answer that is not a success
 */
export async function call(path: string, options: Call = {}): Promise<Response> {
  const session = await currentSession();
  let answer = await send(path, options, session?.access_token ?? null);
  if (answer.status === 401) {
    const token = await refreshToken();
    if (token) answer = await send(path, options, token);
    if (answer.status === 401) await forgetSession();
  }
  if (answer.ok) return answer;
  const body: unknown = await answer.json().catch(() => null);
  throw problemOf(body, answer.status, answer.headers.get("x-request-id"));
}

/** [`call`] with a JSON answer. */
export async function callJson<T>(path: string, options: Call = {}): Promise<T> {
  return (await (await call(path, options)).json()) as T;
}
