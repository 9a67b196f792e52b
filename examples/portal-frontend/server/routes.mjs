// Paths to answers. A session is a cookie that names a developer, or `admin`: enough for an example on loopback,
// and for nothing else.

const ID = "([0-9a-f-]{36})";
const ADMIN = "admin";

/** @returns a function that answers a request, or says that it is not ours. */
export function routes(api) {
  const table = [
    ["GET", "/api/session/people", () => json(200, api.people())],
    ["GET", "/api/session", ({ who }) => json(200, { admin: who === ADMIN, developer: who && who !== ADMIN ? api.developer(who) : null })],
    ["POST", "/api/session", ({ body }) => signIn(api, body)],
    ["DELETE", "/api/session", () => ({ ...json(200, {}), cookie: "session=; Max-Age=0; Path=/; HttpOnly; SameSite=Strict" })],
    ["GET", "/api/v2/portal", () => json(200, api.portal())],
    ["GET", "/api/v2/products", developer(() => json(200, api.products()))],
    ["GET", `/api/v2/products/${ID}/versions`, developer(({ ids: [product] }) => json(200, api.versions(product)))],
    ["GET", `/api/v2/products/${ID}/actions`, developer(({ ids: [product], who }) => json(200, api.actions(product, who)))],
    ["GET", "/api/v2/applications", developer(({ who }) => json(200, api.applications(who)))],
    ["GET", `/api/v2/applications/${ID}/registrations`, developer(({ ids: [application], who }) => found(api.registrations(application, who)))],
    ["POST", `/api/v2/applications/${ID}/registrations`, developer((call) => register(api, call))],
    ["GET", "/api/admin/snapshot", admin(() => ({ status: 200, type: "application/json", text: api.konnect.text }))],
    ["POST", "/api/admin/plans", admin(async ({ body }) => json(200, await api.konnect.carryOut(body)))],
  ].map(([method, path, answer]) => ({ method, path: new RegExp(`^${path}$`), answer }));

  return async (request, response) => {
    const { pathname } = new URL(request.url, "http://localhost");
    if (!pathname.startsWith("/api/")) return false;
    const route = table.find(({ method, path }) => method === request.method && path.test(pathname));
    const { status, type, text, cookie } = route ? await answered(route, pathname, request) : problem(404, "there is nothing at this path");
    response.writeHead(status, { "content-type": type, "cache-control": "no-store", ...(cookie && { "set-cookie": cookie }) });
    response.end(text);
    return true;
  };
}

async function answered(route, pathname, request) {
  try {
    const [, ...ids] = route.path.exec(pathname);
    const who = /(?:^|;\s*)session=([0-9a-z-]+)/.exec(request.headers.cookie ?? "")?.[1];
    return await route.answer({ ids, who, body: request.method === "POST" ? await read(request) : undefined });
  } catch (error) {
    return problem(502, error.message);
  }
}

async function read(request) {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  return JSON.parse(Buffer.concat(chunks).toString("utf8"));
}

const json = (status, value) => ({ status, type: "application/json", text: JSON.stringify(value) });
const problem = (status, title) => ({ status, type: "application/problem+json", text: JSON.stringify({ status, title }) });
const found = (value) => (value === undefined ? problem(404, "you have no such application") : json(200, value));

const developer = (answer) => (call) => (call.who && call.who !== ADMIN ? answer(call) : problem(401, "sign in first"));
const admin = (answer) => (call) => (call.who === ADMIN ? answer(call) : problem(403, "this is for the portal's admin"));

function signIn(api, { developer_id: id, admin: asAdmin }) {
  const cookie = (who) => `session=${who}; Path=/; HttpOnly; SameSite=Strict`;
  if (asAdmin) return { ...json(200, {}), cookie: cookie(ADMIN) };
  const { decision, reason, message } = api.mayLogIn(id);
  return decision === "allow" ? { ...json(200, {}), cookie: cookie(id) } : json(403, { code: reason, message });
}

async function register(api, { ids: [application], who, body }) {
  if (!api.owns(application, who)) return problem(404, "you have no such application");
  const { status, body: answer } = await api.konnect.register(application, body.product_version_id);
  return json(status, answer);
}
