// pgadvisor's HTTP API. A failure carries what people need to know of it.

const kTimeoutMilliseconds = 8000;

export class ApiError extends Error {
  constructor(message, status = 0) {
    super(message);
    this.status = status; // 0: no answer at all
  }
}

async function send(path, options = {}) {
  let response;
  try {
    response = await fetch(`/api/v1/${path}`, {...options, signal: AbortSignal.timeout(kTimeoutMilliseconds)});
    if (response.ok) return await response.json();
  } catch (error) {
    throw new ApiError(error.name === 'TimeoutError' ? 'no answer within 8 seconds' : 'no answer');
  }
  const problem = await response.json().catch(() => ({}));
  throw new ApiError(problem.detail ?? response.statusText ?? 'no reason given', response.status);
}

export const get = (path) => send(path);

/** Decisions and the like; `body` becomes JSON. */
export const post = (path, body) =>
  send(path, {
    method: 'POST',
    headers: {'Content-Type': 'application/json'},
    body: JSON.stringify(body),
  });
