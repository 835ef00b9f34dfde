// A sandbox as a program, and the requests of each vendor's clients, without the crates of this workspace.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";

/** Starts the program on a free port, and reads its settings. */
export async function startSandbox() {
  const child = spawn(process.env.SANDBOX_PROGRAM, [], { stdio: ["ignore", "pipe", "ignore"] });
  const env = {};
  for await (const line of createInterface({ input: child.stdout })) {
    const [, name, value] = /^export (\w+)='(.*)'$/.exec(line);
    env[name] = value;
    if (name === "REVIEW_PROVIDER") break;
  }
  const url = new URL("/", env.ETRUSTED_API_URL).href;
  const stop = async () => {
    child.kill();
    await once(child, "exit");
  };
  return { env, url, stop };
}

/** Runs the command `review-invites` with an account of the sandbox. */
export async function command(env, vendor, args) {
  const variables = { ...env, REVIEW_PROVIDER: vendor, PATH: process.env.PATH, HOME: process.cwd() };
  const child = spawn(process.env.COMMAND_PROGRAM, args, { env: variables, stdio: ["ignore", "inherit", "inherit"] });
  const [code] = await once(child, "exit");
  if (code !== 0) throw new Error(`review-invites ${args.join(" ")}: exit code ${code}`);
}

/** Makes a request, and returns its status and JSON body, if it has one. */
async function request(url, headers, body, method = "POST") {
  const options = body === undefined ? { headers } : { method, headers, body };
  const response = await fetch(url, options);
  const text = await response.text();
  return { status: response.status, body: text.startsWith("{") || text.startsWith("[") ? JSON.parse(text) : text };
}

const json = { "Content-Type": "application/json" };

/** Calls an API with a fresh token. */
export const apis = {
  async trustpilot(env, base, path, body) {
    const basic = Buffer.from(`${env.TRUSTPILOT_API_KEY}:${env.TRUSTPILOT_API_SECRET}`).toString("base64");
    const grant = { grant_type: "password", username: env.TRUSTPILOT_USERNAME, password: env.TRUSTPILOT_PASSWORD };
    const login = `${env.TRUSTPILOT_API_URL}/v1/oauth/oauth-business-users-for-applications/accesstoken`;
    const token = await request(login, { Authorization: `Basic ${basic}` }, new URLSearchParams(grant));
    const headers = { ...json, Authorization: `Bearer ${token.body.access_token}` };
    return request(base + path, headers, body && JSON.stringify(body));
  },
  async etrusted(env, path, body, method) {
    const grant = {
      grant_type: "client_credentials",
      client_id: env.ETRUSTED_CLIENT_ID,
      client_secret: env.ETRUSTED_CLIENT_SECRET,
      audience: "https://api.etrusted.com",
    };
    const token = await request(`${env.ETRUSTED_LOGIN_URL}/oauth/token`, {}, new URLSearchParams(grant));
    const headers = { ...json, Authorization: `Bearer ${token.body.access_token}` };
    return request(env.ETRUSTED_API_URL + path, headers, body && JSON.stringify(body), method);
  },
  kiyoh(env, path, body) {
    const headers = { ...json, "X-Publication-Api-Token": env.KIYOH_API_TOKEN };
    return request(env.KIYOH_API_URL + path, headers, body && JSON.stringify(body));
  },
  webwinkelkeur(env, path, body) {
    const access = new URLSearchParams({ id: env.WEBWINKELKEUR_ID, code: env.WEBWINKELKEUR_CODE });
    return request(`${env.WEBWINKELKEUR_API_URL}${path}?${access}`, json, body && JSON.stringify(body));
  },
};

/** An eTrusted event. */
export function event(env, reference, customer, more = {}) {
  return {
    type: env.ETRUSTED_EVENT_TYPE,
    customer,
    channel: { id: env.ETRUSTED_CHANNEL_ID, type: "etrusted" },
    transaction: { reference },
    system: "browser",
    systemVersion: "1",
    ...more,
  };
}

/** A body of eTrusted's call for many invites; one goes out each minute. */
export function invites(env, count) {
  const start = Date.now();
  const invite = (number) => ({
    questionnaireTemplate: { id: "tpl-qst-aabd1dee-2676-4303-995a-1e6762a78b44" },
    template: { id: "tpl-inv-12261ad3-d36b-4a3a-a4ab-850920d7b11f" },
    customer: { email: `customer${number}@example.com`, firstName: "Customer", lastName: `No. ${number}` },
    transaction: { reference: `order-${number}` },
    products: [{ sku: `SKU-${number % 50}`, name: `Product ${number % 50}`, url: "https://shop.example.com/" }],
    preferredSendTime: new Date(start + number * 60_000).toISOString(),
  });
  return {
    channel: { id: env.ETRUSTED_CHANNEL_ID, type: "etrusted" },
    system: "browser",
    systemVersion: "1",
    invites: Array.from({ length: count }, (_, index) => invite(index + 1)),
  };
}
