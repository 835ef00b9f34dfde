// Trustpilot's own Node client, unmodified, against the sandbox: token, find, invitation, templates.
//
//   . ./sandbox.env && npm install && node walk.mjs

import trustpilot from 'trustpilot';

const env = new Proxy(process.env, {
  get(all, name) {
    if (!all[name]) throw new Error(`${name} is not set: source the lines the sandbox prints`);
    return all[name];
  },
});

const api = env.TRUSTPILOT_API_URL;
const unit = `/v1/private/business-units/${env.TRUSTPILOT_BUSINESS_UNIT_ID}`;

// The client fetches its token below `baseUrl`, except that it replaces `https://invitations-api.` by `https://api.`.
// The sandbox has other names, so the location of the token needs a setting: the client's own option for it, which wants the
// form as well.
const password = {
  grant_type: 'password',
  username: env.TRUSTPILOT_USERNAME,
  password: env.TRUSTPILOT_PASSWORD,
};

function client(baseUrl, form = password, headers = {}) {
  return new trustpilot.TrustpilotApi({
    baseUrl,
    key: env.TRUSTPILOT_API_KEY,
    secret: env.TRUSTPILOT_API_SECRET,
    defaultHeaders: headers,
    tokenRequest: {
      uri: `${api}/v1/oauth/oauth-business-users-for-applications/accesstoken`,
      form: new URLSearchParams(form),
    },
  });
}

function invitation(reference) {
  return {
    referenceNumber: reference,
    consumerName: 'Jane Doe',
    consumerEmail: 'jane.doe@example.com',
    locale: 'de-DE',
    serviceReviewInvitation: {},
  };
}

async function walk() {
  // As the client does it by itself, on the API host: nothing but what its README shows.
  const plain = new trustpilot.TrustpilotApi({
    baseUrl: api,
    key: env.TRUSTPILOT_API_KEY,
    secret: env.TRUSTPILOT_API_SECRET,
    username: env.TRUSTPILOT_USERNAME,
    password: env.TRUSTPILOT_PASSWORD,
  });
  const session = await plain.authenticate();
  console.log('token: password');

  const params = { name: env.TRUSTPILOT_DOMAIN };
  const found = (await plain.apiRequest.get('/v1/business-units/find', { params })).data;
  if (found.id !== env.TRUSTPILOT_BUSINESS_UNIT_ID) throw new Error('find: another business unit');
  console.log(`find: ${found.id}`);

  const reviews = (await session.get(`${unit}/reviews`)).data.reviews;
  if (!Array.isArray(reviews)) throw new Error('reviews: no list');
  console.log(`reviews: ${reviews.length}`);

  const user = await client(env.TRUSTPILOT_INVITATIONS_URL).authenticate();
  const sent = await user.post(`${unit}/email-invitations`, invitation('node-1'));
  console.log(`invitation, password: ${sent.status}`);

  const templates = (await user.get(`${unit}/templates`)).data.templates;
  if (!templates.some((template) => template.isDefaultTemplate)) throw new Error('templates: no default');
  console.log(`templates: ${templates.length}`);

  const headers = { 'x-business-user-id': env.TRUSTPILOT_BUSINESS_USER_ID };
  const application = await client(
    env.TRUSTPILOT_INVITATIONS_URL,
    { grant_type: 'client_credentials' },
    headers,
  ).authenticate();
  const again = await application.post(`${unit}/email-invitations`, invitation('node-2'));
  console.log(`invitation, client_credentials: ${again.status}`);
}

walk().catch((error) => {
  console.error(`failed: ${error.message}`, error.response?.data ?? '');
  process.exitCode = 1;
});
