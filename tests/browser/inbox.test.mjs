// The sandbox's page in a real browser. `.ci/browser` runs it.
import assert from "node:assert/strict";
import { createServer } from "node:http";
import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { after, before, test } from "node:test";

import puppeteer from "puppeteer-core";

import { apis, command, event, invites, startSandbox } from "./sandbox.mjs";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const WAIT = { timeout: 30_000 };

let browser;
before(async () => {
  // Chromium's own sandbox does not work for root.
  const args = process.getuid() === 0 ? ["--no-sandbox"] : [];
  browser = await puppeteer.launch({ executablePath: process.env.CHROMIUM, args });
});
after(() => browser?.close());

/** Runs a test with a sandbox and an open page. It fails if the page has an error, or fetches something from elsewhere. */
function walk(name, steps, { images = false } = {}) {
  test(name, { timeout: 240_000 }, async (context) => {
    const sandbox = await startSandbox();
    const page = await browser.newPage();
    const problems = [];
    page.on("pageerror", (error) => problems.push(String(error)));
    page.on("console", (message) => {
      const isMissing = message.location().url?.endsWith("/inbox/99");
      if (message.type() === "error" && !isMissing) problems.push(message.text());
    });
    page.on("dialog", (dialog) => problems.push(`dialog: ${dialog.message()}`));
    page.on("request", (request) => {
      if (!images && !request.url().startsWith(sandbox.url)) problems.push(`request: ${request.url()}`);
    });
    try {
      await page.setViewport({ width: 1280, height: 900 });
      await page.goto(sandbox.url);
      await steps({ ...sandbox, page, context });
      assert.deepEqual(problems, []);
    } finally {
      await page.close();
      await sandbox.stop();
    }
  });
}

const text = (page, selector) => page.$eval(selector, (element) => element.innerText);
const shows = (page, selector, wanted) =>
  page.waitForFunction(
    (selector, wanted) => document.querySelector(selector)?.innerText.includes(wanted),
    WAIT,
    selector,
    wanted,
  );
const rows = (page, count) =>
  page.waitForFunction((count) => document.querySelectorAll("#rows > li").length === count, WAIT, count);

/** Opens the entry whose row contains a text. */
async function open(page, wanted) {
  await shows(page, "#rows", wanted);
  const link = await page.evaluateHandle(
    (wanted) => [...document.querySelectorAll("#rows > li")].find((row) => row.innerText.includes(wanted)).querySelector("a"),
    wanted,
  );
  await Promise.all([page.waitForNavigation(), link.asElement().press("Enter")]);
}

/** Opens a panel of the list. */
const panel = (page, title) =>
  page.$$eval(
    "summary",
    (all, title) => {
      const found = all.find((summary) => summary.innerText.startsWith(title));
      if (!found.parentElement.open) found.click();
    },
    title,
  );

async function press(page, label) {
  const button = await page.waitForSelector(`::-p-aria([name="${label}"][role="button"])`, WAIT);
  await button.press("Enter");
}

walk("invitations_of_the_command_appear_live_and_can_be_filtered", async ({ page, env }) => {
  await shows(page, "#empty", "Nothing yet");
  const placed = new Date(Date.now() - 10 * 86_400_000).toISOString();
  for (const [index, vendor] of ["trustpilot", "etrusted", "kiyoh", "webwinkelkeur"].entries()) {
    const order = {
      id: index + 1,
      name: `#100${index}`,
      email: `${vendor}@example.com`,
      created_at: placed,
      financial_status: "paid",
      fulfillment_status: "fulfilled",
      buyer_accepts_marketing: true,
      customer: { first_name: "Jane", last_name: `Doe ${index}` },
    };
    writeFileSync("orders.jsonl", JSON.stringify(order));
    await command(env, vendor, ["send", "--quiet", "--no-ledger", "orders.jsonl"]);
    // Without a reload.
    await rows(page, index + 1);
    await shows(page, "#rows > li:first-child", `${vendor}@example.com`);
  }
  await shows(page, "#count", "4 invitations");
  await page.waitForSelector("#timeline svg rect", WAIT);

  await page.select("#filters select[name=vendor]", "kiyoh");
  await rows(page, 1);
  await shows(page, "#count", "1 of 4 invitations");
  assert.match(page.url(), /vendor=kiyoh/);
  await page.select("#filters select[name=vendor]", "");
  await rows(page, 4);
  await page.select("#filters select[name=account]", env.ETRUSTED_CHANNEL_ID);
  await rows(page, 1);
  await shows(page, "#rows", "etrusted@example.com");
  await page.select("#filters select[name=account]", "");
  await page.select("#filters select[name=state]", "sent");
  await shows(page, "#count", "1 of 4 invitations");
  await page.select("#filters select[name=state]", "");
  await page.type("input[name=q]", "JANE webwinkelkeur@");
  await rows(page, 1);
  await shows(page, "#rows", "webwinkelkeur@example.com");

  await open(page, "webwinkelkeur@example.com");
  const detail = await text(page, "main");
  for (const part of ["Doe 3", "WebwinkelKeur", "invited for this order before", "/webwinkelkeur/api/1.0/invitations.json"]) {
    assert.ok(detail.includes(part), `${part} in ${detail}`);
  }
  assert.ok(detail.includes("code=[hidden]") && !(await page.content()).includes(env.WEBWINKELKEUR_CODE));
  await Promise.all([page.waitForNavigation(), page.click("[data-back]")]);
  await rows(page, 1);
  assert.match(page.url(), /q=JANE\+webwinkelkeur/);
});

walk("fault_is_added_and_cleared_with_buttons", async ({ page, env }) => {
  const invite = (reference) => apis.etrusted(env, "/events", event(env, reference, { email: "jane@example.com" }));
  await panel(page, "Faults in force");
  await page.type("input[name=fault]", "status-503");
  await page.select("form[data-call$=faults] select[name=vendor]", "etrusted");
  await page.type("input[name=pathContains]", "/events");
  await press(page, "Add fault");
  await shows(page, "#fault-list", "vendor: etrusted");
  await shows(page, "#fault-count", "1");
  assert.equal((await invite("order-1")).status, 503);
  await shows(page, "#rows", "status-503");
  await shows(page, "#rows", "not-accepted");
  await shows(page, "#fault-list", "hit 1 of 1");

  await press(page, "Clear fault 1, status-503");
  await shows(page, "#fault-count", "0");
  assert.equal((await invite("order-2")).status, 202);
  await open(page, "status-503");
  await shows(page, "main", "Faults that applied: status-503");
});

walk("clock_is_moved_and_the_email_goes_out", async ({ page, env }) => {
  await apis.etrusted(env, "/events", event(env, "order-1", { email: "jane@example.com" }));
  await shows(page, "#rows", "scheduled");
  await shows(page, "#rows", "in 6 days");
  const earlier = await text(page, "#now");
  await panel(page, "Move the clock");
  await press(page, "+ 7 days");
  await shows(page, "#rows", "sent");
  await shows(page, "#status", "The time is now");
  assert.ok((await text(page, "#now")) > earlier);
});

walk("accepted_event_without_email_shows_the_setup", async ({ page, env }) => {
  const created = await apis.etrusted(env, "/event-types", { name: "delivery" });
  const [type] = (await apis.etrusted(env, "/event-types?name=delivery")).body;
  assert.equal(created.status, 201);
  const changed = await apis.etrusted(env, `/event-types/${type.id}`, { active: false }, "PUT");
  assert.equal(changed.status, 200);
  const lost = event(env, "order-1", { email: "jane@example.com" }, { type: "delivery" });
  assert.equal((await apis.etrusted(env, "/events", lost)).status, 202);
  await shows(page, "#rows", "accepted, but no email: event type inactive");
  await open(page, "no-email");
  await shows(page, "#state", "accepted, but no email: event type inactive");
  await shows(page, "main", "delivery: inactive");
  assert.match(await page.$eval("dl.wire", (headers) => headers.textContent), /authorization\[hidden\]/);
  assert.equal(await page.$("form.review"), null);
});

walk("review_is_written_and_read_back_at_every_vendor", async ({ page, env }) => {
  const unit = env.TRUSTPILOT_BUSINESS_UNIT_ID;
  const invited = await apis.trustpilot(
    env,
    env.TRUSTPILOT_INVITATIONS_URL,
    `/v1/private/business-units/${unit}/email-invitations`,
    {
      consumerName: "Jane Doe",
      consumerEmail: "trustpilot@example.com",
      referenceNumber: "order-1",
      locale: "en-US",
      serviceReviewInvitation: { preferredSendTime: "2090-01-31T13:37:00" },
    },
  );
  assert.equal(invited.status, 202);
  await apis.etrusted(env, "/events", event(env, "order-1", { email: "etrusted@example.com" }));
  const kiyoh = { location_id: env.KIYOH_LOCATION_ID, invite_email: "kiyoh@example.com", delay: 0, language: "nl", ref_code: "order-1" };
  await apis.kiyoh(env, "/v1/invite/external", kiyoh);
  await apis.webwinkelkeur(env, "/1.0/invitations.json", { email: "webwinkelkeur@example.com", order: "order-1", delay: 0 });
  await rows(page, 4);
  const read = {
    trustpilot: () => apis.trustpilot(env, env.TRUSTPILOT_API_URL, `/v1/private/business-units/${unit}/reviews`),
    etrusted: () => apis.etrusted(env, "/reviews"),
    kiyoh: () => apis.kiyoh(env, `/v1/publication/review/external?locationId=${env.KIYOH_LOCATION_ID}`),
    webwinkelkeur: () => apis.webwinkelkeur(env, "/1.0/ratings.json"),
  };
  for (const [vendor, reviews] of Object.entries(read)) {
    const comment = `Fine, says ${vendor}.`;
    assert.ok(!JSON.stringify((await reviews()).body).includes(comment));
    await open(page, `${vendor}@example.com`);
    await page.select("select[name=rating]", "4");
    await page.type("textarea[name=comment]", comment);
    await press(page, "Submit the review");
    await shows(page, "#status", "Review written. Read it with GET /");
    assert.ok(JSON.stringify((await reviews()).body).includes(comment), vendor);
    await Promise.all([page.waitForNavigation(), page.click("[data-back]")]);
  }
});

const HOSTILE = [
  `<script>window.harm = 1; alert(1)</script>`,
  `"><img src="x" onerror="window.harm = 1">`,
  `\u{202e}gpj.exe \u{2066}rtl`,
  `👩‍👩‍👧‍👦🇳🇱 z\u{0301}\u{0302}\u{0303}\u{0304}`,
  `{{ 7 * 7 }} &amp; \${1} </li></ol></main>`,
  "x".repeat(200),
];

walk(
  "hostile_names_and_products_do_no_harm",
  async ({ page, env, url }) => {
    const fetched = [];
    const images = createServer((request, response) => {
      fetched.push(request.headers);
      response.end();
    });
    await new Promise((done) => images.listen(0, "127.0.0.1", done));
    try {
      const imageUrl = `http://127.0.0.1:${images.address().port}/tea.jpg`;
      for (const [index, name] of HOSTILE.entries()) {
        const customer = { email: `c${index}@example.com`, firstName: name, lastName: name };
        const product = { sku: name, name, url: `https://shop.example.com/${encodeURIComponent(name)}`, imageUrl };
        const sent = await apis.etrusted(env, "/events", event(env, name, customer, { products: [product] }));
        assert.equal(sent.status, 202, JSON.stringify(sent.body));
      }
      await rows(page, HOSTILE.length);
      const isHarmed = () => page.evaluate(() => window.harm !== undefined || document.querySelector("main img, main script") !== null);
      const isWide = () => page.evaluate(() => document.documentElement.scrollWidth > innerWidth);
      const list = await page.$eval("#rows", (list) => list.textContent);
      for (const name of HOSTILE) assert.ok(list.includes(name), `${name} is shown as it is`);
      for (const width of [390, 820, 1400]) {
        await page.setViewport({ width, height: 900 });
        assert.equal(await isHarmed(), false);
        assert.equal(await isWide(), false, `the list is wider than ${width}`);
        for (let entry = 1; entry <= HOSTILE.length; entry += 1) {
          await page.goto(`${url}inbox/${entry}`);
          assert.equal(await isHarmed(), false);
          assert.equal(await isWide(), false, `entry ${entry} is wider than ${width}`);
          assert.ok((await page.$eval("main", (main) => main.textContent)).includes(HOSTILE[entry - 1]));
        }
        await page.goto(url);
      }
      assert.equal(fetched.length, 0, "no image is loaded unasked");
      await page.goto(`${url}inbox/1`);
      await Promise.all([page.waitForNavigation(), page.click("a[href='?images=load']")]);
      await page.waitForSelector("img.picture");
      assert.equal(fetched.length, 1, "the image is loaded when a person asks for it");
      assert.equal(fetched[0].referer, undefined);
      assert.equal(await page.evaluate(() => window.harm), undefined);
    } finally {
      images.close();
    }
  },
  { images: true },
);

walk("ten_thousand_invitations_scroll_smoothly", async ({ page, env, url, context }) => {
  const count = 10_000;
  assert.equal((await apis.etrusted(env, "/invites", invites(env, count))).status, 202);
  await shows(page, "#count", "10000 invitations");
  const times = [];
  for (let turn = 0; turn < 10; turn += 1) {
    const start = performance.now();
    await (await fetch(`${url}?offset=5000&q=customer`)).text();
    times.push(performance.now() - start);
  }
  times.sort((a, b) => a - b);

  const scrolled = await page.evaluate(async () => {
    const frame = () => new Promise(requestAnimationFrame);
    const list = document.getElementById("rows");
    const filled = () => {
      const seen = document.elementFromPoint(innerWidth / 2, innerHeight - 20);
      return seen?.closest("#rows > li") !== null;
    };
    list.scrollIntoView();
    const deltas = [];
    let blank = 0;
    let most = 0;
    let last = await frame();
    for (let step = 0; step < 300; step += 1) {
      scrollBy(0, 120);
      const now = await frame();
      deltas.push(now - last);
      last = now;
      blank += filled() ? 0 : 1;
      most = Math.max(most, list.children.length);
    }
    deltas.sort((a, b) => a - b);
    return { median: deltas[150], p95: deltas[285], longest: deltas[299], blank, most };
  });
  context.diagnostic(`response with a search: median ${times[5].toFixed(1)} ms, longest ${times[9].toFixed(1)} ms`);
  context.diagnostic(
    `300 frames of scrolling: median ${scrolled.median.toFixed(1)} ms, 95% below ${scrolled.p95.toFixed(1)} ms, ` +
      `longest ${scrolled.longest.toFixed(1)} ms; ${scrolled.blank} frames with missing rows; ${scrolled.most} rows in the page`,
  );
  assert.ok(scrolled.most <= 120, "the page holds a window of the list, not all of it");
  assert.ok(scrolled.blank <= 15, "rows are there when they come into view");

  // To the last one and back, and to a row in between.
  await page.evaluate(() => scrollTo(0, document.documentElement.scrollHeight));
  await shows(page, "#rows", "customer1@example.com");
  assert.ok(await page.$eval("#rows > li:last-child", (row) => row.getBoundingClientRect().bottom <= innerHeight + 1));
  await page.evaluate(() => scrollTo(0, document.documentElement.scrollHeight / 2));
  await page.waitForFunction(
    () => document.elementFromPoint(innerWidth / 2, innerHeight / 2)?.closest("#rows > li") !== null,
    WAIT,
  );
  // What is in view stays there when others arrive above.
  const place = () =>
    page.evaluate(() => {
      const row = document.elementFromPoint(innerWidth / 2, innerHeight / 2).closest("#rows > li");
      return [row.id, Math.round(row.getBoundingClientRect().top)];
    });
  const before = await place();
  await apis.etrusted(env, "/events", event(env, "order-new", { email: "new@example.com" }));
  await shows(page, "#count", "10001 invitations");
  assert.deepEqual(await place(), before);
  // With the keyboard.
  await page.evaluate((id) => document.getElementById(id).querySelector("a").focus(), before[0]);
  for (let step = 0; step < 60; step += 1) await page.keyboard.press("ArrowDown");
  const focused = await page.evaluate(() => document.activeElement.closest("#rows > li")?.id);
  assert.equal(Number(focused.slice(6)), Number(before[0].slice(6)) - 60);
});

walk("page_has_no_accessibility_violation_in_light_and_dark", async ({ page, env, url }) => {
  const shop = "https://shop.example.com";
  const products = [{ sku: "TEA", name: "Tea", url: `${shop}/tea`, imageUrl: `${shop}/tea.jpg` }];
  const jane = { email: "jane@example.com", firstName: "Jane", lastName: "Doe" };
  await apis.etrusted(env, "/events", event(env, "order-1", jane, { products }));
  await apis.etrusted(env, "/events", event(env, "order-2", { email: "max@example.com" }, { type: "unknown" }));
  await apis.etrusted(env, "/events", event(env, "order-3", { email: "status-503@sandbox.test" }));
  await fetch(`${url}sandbox/faults`, { method: "POST", body: JSON.stringify({ fault: "slow-20", vendor: "kiyoh" }) });
  for (const scheme of ["light", "dark"]) {
    await page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: scheme }]);
    for (const width of [390, 820, 1400]) {
      await page.setViewport({ width, height: 900 });
      for (const path of ["", "inbox/1", "inbox/2", "inbox/3", "inbox/99"]) {
        await page.goto(url + path);
        await page.$$eval("details", (all) => all.forEach((details) => (details.open = true)));
        await page.evaluate(() => (document.getElementById("status").textContent = "Fault added"));
        const session = await page.createCDPSession();
        // The policy of the page allows no other script, so the debugger runs it.
        await session.send("Runtime.evaluate", { expression: AXE });
        const { violations, passes } = await page.evaluate(() => axe.run());
        await session.detach();
        const found = violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(" ")}`);
        assert.deepEqual(found, [], `/${path}, ${scheme}, ${width}`);
        assert.ok(passes.length > 10);
      }
    }
  }
});

test("stopped_sandbox_is_reported", { timeout: 60_000 }, async () => {
  const sandbox = await startSandbox();
  const page = await browser.newPage();
  await page.goto(sandbox.url);
  await sandbox.stop();
  await shows(page, "#status", "The sandbox does not respond");
  await page.close();
});
