// A certified OpenID provider on loopback. Arguments: one JSON object {client_id, client_secret, people}.
// It prints "ready URL"; a line "register REDIRECT_URI LOGOUT_URI" on standard input is answered by "registered".
import http from "node:http";
import { createInterface } from "node:readline";
import Provider from "oidc-provider";

const { client_id, client_secret, people } = JSON.parse(process.argv[2]);
const redirects = new Set();
const logouts = new Set();
let provider;

const page = (title, body) => `<!doctype html><html lang="en"><meta charset="utf-8"><title>${title}</title>
<link rel="icon" href="data:,"><h1>${title}</h1>${body}</html>`;
const escape = (text) => String(text).replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`);

const configuration = {
  clients: [{
    client_id, client_secret, redirect_uris: ["http://127.0.0.1/none"], response_types: ["code"],
    grant_types: ["authorization_code"], token_endpoint_auth_method: "client_secret_basic",
  }],
  pkce: { required: () => true },
  claims: { openid: ["sub"], profile: ["name", "preferred_username"], email: ["email", "email_verified"] },
  conformIdTokenClaims: false,
  cookies: { keys: ["of no worth outside this test run"] },
  ttl: { AccessToken: 3600, AuthorizationCode: 60, Grant: 3600, IdToken: 3600, Interaction: 3600, Session: 3600 },
  findAccount: (context, login) => people[login] && ({ accountId: login, claims: () => ({ ...people[login] }) }),
  // Consent is given beforehand, as for a community's own site.
  async loadExistingGrant(context) {
    const grant = new context.oidc.provider.Grant({ clientId: client_id, accountId: context.oidc.session.accountId });
    grant.addOIDCScope("openid profile email");
    await grant.save();
    return grant;
  },
  // The ready-made pages load a font from the web.
  renderError: (context, out) => {
    context.type = "html";
    context.body = page("Refused", `<p>${escape(out.error)}: ${escape(out.error_description)}</p>`);
  },
  interactions: { url: (context, interaction) => `/interaction/${interaction.uid}` },
  features: {
    devInteractions: { enabled: false },
    rpInitiatedLogout: {
      enabled: true,
      logoutSource: (context, form) => {
        context.body = page("Sign out?", `${form}<button form="op.logoutForm" name="logout" value="yes">Sign out</button>`);
      },
      postLogoutSuccessSource: (context) => { context.body = page("Signed out", ""); },
    },
  },
};

async function interaction(request, response) {
  const details = await provider.interactionDetails(request, response);
  let note = "";
  if (request.method === "POST") {
    let body = "";
    for await (const part of request) body += part;
    const form = new URLSearchParams(body);
    const login = form.get("login");
    if (form.get("choice") === "cancel") {
      const result = { error: "access_denied", error_description: "The person said <no>." };
      return provider.interactionFinished(request, response, result);
    }
    if (people[login] && form.get("password") === `${login}-password`) {
      return provider.interactionFinished(request, response, { login: { accountId: login } });
    }
    note = `<p role="alert">Unknown: ${escape(login)}</p>`;
  }
  response.setHeader("content-type", "text/html; charset=utf-8");
  response.end(page("Sign in", `${note}<form method="post" action="/interaction/${escape(details.uid)}">
    <label>Login <input name="login"></label> <label>Password <input name="password" type="password"></label>
    <button name="choice" value="go">Sign in</button> <button name="choice" value="cancel">Cancel</button></form>`));
}

const server = http.createServer((request, response) => {
  if (!request.url.startsWith("/interaction/")) return provider.callback()(request, response);
  interaction(request, response).catch((error) => { response.statusCode = 400; response.end(String(error)); });
});

server.listen(0, "127.0.0.1", () => {
  const url = `http://127.0.0.1:${server.address().port}`;
  provider = new Provider(url, configuration);
  provider.Client.prototype.redirectUriAllowed = (uri) => redirects.has(uri);
  provider.Client.prototype.postLogoutRedirectUriAllowed = (uri) => logouts.has(uri);
  console.log(`ready ${url}`);
});

// The end of standard input is the end of whoever started this.
createInterface({ input: process.stdin })
  .on("line", (line) => {
    const [, redirect, logout] = line.split(" ");
    redirects.add(redirect);
    logouts.add(logout);
    console.log("registered");
  })
  .on("close", () => process.exit(0));
