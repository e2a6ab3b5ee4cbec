import type { Problem } from "./types";

/** An answer of the API that is not a success, or no answer at all (`status` 0). */
export class ApiError extends Error {
  readonly problem: Problem;

  constructor(problem: Problem) {
    super(problem.detail ?? problem.title);
    this.name = "ApiError";
    this.problem = problem;
  }

  get slug(): string {
    return this.problem.slug;
  }

  get status(): number {
    return this.problem.status;
  }

  get requestId(): string | null {
    return this.problem.request_id ?? null;
  }
}

/** No answer: offline, refused, or cut. */
export function networkError(): ApiError {
  return new ApiError({ title: "network", status: 0, slug: "network" });
}

/** Reads a problem out of an answer; an answer in another form still gets its status and request id. */
export function problemOf(body: unknown, status: number, requestId: string | null): ApiError {
  const known = typeof body === "object" && body !== null && "slug" in body && "title" in body;
  if (!known) return new ApiError({ title: "unknown", status, slug: "unknown", request_id: requestId });
  const problem = body as Problem;
  return new ApiError({
    ...problem,
    status: problem.status ?? status,
    request_id: problem.request_id ?? requestId,
  });
}

/** Any thrown value as an [`ApiError`]. */
export function asApiError(error: unknown): ApiError {
  if (error instanceof ApiError) return error;
  if (error instanceof TypeError) return networkError();
  return new ApiError({ title: "unknown", status: 0, slug: "unknown", detail: String(error) });
}
