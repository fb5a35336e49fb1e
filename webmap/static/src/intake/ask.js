/** What the intake desk sends: JSON bodies, files with their progress, and jobs followed to their end. */

import { DataError, getJSON, Unreachable } from "../data.js";

const HEADERS = { "X-Gridscope": "1", Accept: "application/json" };
const ENDED = ["done", "failed", "cancelled"];
const POLL_MS = 700;

/** Send `body` (an object as JSON, a file as it is) and give the answer's JSON. */
export async function sendJSON(path, body, method = "POST", headers = {}) {
  let response;
  try {
    response = await fetch(path, { method, headers: { ...HEADERS, "Content-Type": "application/json", ...headers }, credentials: "same-origin", body: body instanceof Blob ? body : JSON.stringify(body) });
  } catch (fault) {
    throw new Unreachable(String(fault));
  }
  const answer = await response.json().catch(() => null);
  if (!response.ok) throw new DataError(response.status, answer);
  return answer;
}

/** Send `file` as it is; `onShare` is told how much has gone. `{done, stop}`: a promise of the answer, and the way to give up. */
export function sendFile(file, onShare) {
  const request = new XMLHttpRequest();
  const done = new Promise((resolve, reject) => {
    request.open("POST", `/api/uploads?name=${encodeURIComponent(file.name)}`);
    for (const [name, value] of Object.entries(HEADERS)) request.setRequestHeader(name, value);
    request.setRequestHeader("Content-Type", "application/octet-stream");
    request.responseType = "json";
    request.upload.onprogress = (event) => event.lengthComputable && onShare(event.loaded / event.total);
    request.onload = () => (request.status === 201 ? resolve(request.response) : reject(new DataError(request.status, request.response)));
    request.onerror = () => reject(new Unreachable("upload"));
    request.onabort = () => resolve(null);
    request.send(file);
  });
  return { done, stop: () => request.abort() };
}

const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

export const hasEnded = (job) => ENDED.includes(job.state);

/** Ask for a job until it has ended, telling `onJob` each time; a service that is away for a while is waited for. */
export async function followJob(id, onJob) {
  for (;;) {
    try {
      const job = await getJSON(`/api/jobs/${id}`);
      onJob(job);
      if (hasEnded(job)) return job;
    } catch (fault) {
      if (!(fault instanceof Unreachable)) throw fault;
    }
    await wait(POLL_MS);
  }
}

/** The build that a job has asked for, if there is one: the newest that came after it. */
export async function buildAfter(job) {
  const { jobs } = await getJSON("/api/jobs", { limit: 20 });
  return jobs.find((other) => other.kind === "build" && other.id > job.id && !["failed", "cancelled"].includes(other.state)) ?? jobs.find((other) => other.kind === "build" && other.state === "queued") ?? null;
}
