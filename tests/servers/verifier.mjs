// Verifies Open Badges 3.0 with other people's libraries. Argument: a JSON object, contexts by address. It prints "ready";
// each line of standard input asks something, as JSON, and one line of JSON answers. Before that it may ask in turn:
// {"fetch": address} is answered by {"status", "body"}; where the question says "http", it fetches by itself.
import { createInterface } from "node:readline";
import { DataIntegrityProof } from "@digitalbazaar/data-integrity";
import * as Ed25519Multikey from "@digitalbazaar/ed25519-multikey";
import { cryptosuite } from "@digitalbazaar/eddsa-rdfc-2022-cryptosuite";
import { issue, verifyCredential } from "@digitalbazaar/vc";
import { checkStatus } from "@digitalbazaar/vc-bitstring-status-list";
import * as jose from "jose";

const contexts = JSON.parse(process.argv[2]);
const ALGORITHMS = ["RS256", "ES256", "EdDSA"];
const waiting = [];
const say = (answer) => process.stdout.write(JSON.stringify(answer) + "\n");

const ask = (address) => new Promise((resolve) => { waiting.push(resolve); say({ fetch: address }); });

async function get(address) {
  const response = await fetch(address, { signal: AbortSignal.timeout(10_000) });
  return { status: response.status, body: await response.text() };
}

// did:web, "Read": colons are slashes, %3A is the colon of a port. On loopback there is no TLS.
function placeOf(did) {
  const [host, ...path] = did.slice("did:web:".length).split(":").map(decodeURIComponent);
  const scheme = /^(localhost|127\.0\.0\.1)(:|$)/.test(host) ? "http" : "https";
  return `${scheme}://${[host, ...(path.length ? path : [".well-known"]), "did.json"].join("/")}`;
}

class World {
  constructor(http) {
    this.fetch = http ? get : ask;
    this.seen = new Map();
    this.loader = async (address) => ({ contextUrl: null, documentUrl: address, document: await this.load(address) });
  }

  async load(address) {
    if (contexts[address]) return contexts[address];
    const [place, fragment] = address.split("#");
    const found = await this.json(place.startsWith("did:web:") ? placeOf(place) : place);
    if (!place.startsWith("did:web:")) return found;
    if (found.id !== place) throw new Error(`Not the document of ${place}`);
    if (!fragment) return found;
    const method = found.verificationMethod.find((one) => one.id === address);
    if (!method) throw new Error(`No such verification method: ${address}`);
    return method;
  }

  async json(address) {
    if (!this.seen.has(address)) this.seen.set(address, this.fetch(address));
    const { status, body } = await this.seen.get(address);
    if (status !== 200) throw new Error(`${address} answers ${status}`);
    return JSON.parse(body);
  }
}

const reasons = (error) => [error?.errors ?? error ?? []].flat(2).flatMap((one) => one.errors ? reasons(one) : [
  [one.name, one.code ?? one.details?.event?.code ?? one.cause?.details?.event?.code, one.message].filter(Boolean).join(": "),
]);

// A suite remembers the hash of the last document, so that the list, which is verified meanwhile, gets one of its own.
const statusOf = (credential, world) =>
  checkStatus({ credential, suite: new DataIntegrityProof({ cryptosuite }), documentLoader: world.loader });

async function verify(credential, world, now) {
  const found = await verifyCredential({
    credential, now, suite: new DataIntegrityProof({ cryptosuite }), documentLoader: world.loader,
    checkStatus: (options) => statusOf(options.credential, world),
  });
  const status = found.statusResult;
  const errors = [...reasons(found.error), ...reasons(status?.error)];
  return { verified: found.verified, revoked: !!status?.results?.some((one) => one.status), errors };
}

// "Endorsements are credentials of their own": each has to verify by itself.
async function credential({ document, now }, world) {
  const verdict = await verify(document, world, now);
  for (const endorsement of document.endorsement ?? []) {
    const own = await verify(endorsement, new World(), now).catch((error) => ({ verified: false, errors: reasons(error) }));
    verdict.verified &&= own.verified;
    verdict.errors.push(...own.errors.map((error) => `endorsement: ${error}`));
  }
  return verdict;
}

const seconds = (time) => time === undefined ? undefined : Math.floor(Date.parse(time) / 1000);

// Open Badges 3.0, "JSON Web Token Proof Format": the claims repeat the credential, and the key has to be its issuer's.
async function jwt({ token, now }, world) {
  const header = jose.decodeProtectedHeader(token);
  if (!header.kid) throw new Error("No kid");
  const jwk = await world.json(header.kid);
  const key = await jose.importJWK(jwk, header.alg);
  const { payload } = await jose.jwtVerify(token, key, { algorithms: ALGORITHMS, currentDate: now ? new Date(now) : undefined });
  const claims = {
    iss: payload.issuer.id, jti: payload.id, sub: payload.credentialSubject.id,
    nbf: seconds(payload.validFrom), exp: seconds(payload.validUntil),
  };
  const wrong = Object.keys(claims).filter((name) => payload[name] !== claims[name]);
  if (wrong.length) throw new Error(`Claims that contradict the credential: ${wrong}`);
  const controller = await world.load(claims.iss);
  const print = await jose.calculateJwkThumbprint(jwk);
  const own = await Promise.all(controller.verificationMethod
    .filter((one) => one.publicKeyJwk && controller.assertionMethod.includes(one.id))
    .map((one) => jose.calculateJwkThumbprint(one.publicKeyJwk)));
  if (!own.includes(print)) throw new Error("The key is not the issuer's");
  if (!payload.credentialStatus) return { verified: true, revoked: false, errors: [] };
  const status = await statusOf(payload, world);
  return { verified: status.verified, revoked: !!status.results?.some((one) => one.status), errors: reasons(status.error) };
}

// A badge of somebody else's house.
async function sign({ document, seed, controller }, world) {
  const pair = await Ed25519Multikey.generate({ seed: Buffer.from(seed, "hex"), controller });
  const suite = new DataIntegrityProof({ cryptosuite, signer: pair.signer() });
  const method = await pair.export({ publicKey: true, includeContext: false });
  return { document: await issue({ credential: document, suite, documentLoader: world.loader }), method };
}

const questions = { credential, jwt, sign };

async function answer({ ask: question, http, ...about }) {
  try {
    say(await questions[question](about, new World(http)));
  } catch (error) {
    say({ verified: false, revoked: false, errors: reasons(error) });
  }
}

// The end of standard input is the end of whoever started this.
createInterface({ input: process.stdin })
  .on("line", (line) => {
    const heard = JSON.parse(line);
    if (heard.ask) answer(heard); else waiting.shift()(heard);
  })
  .on("close", () => process.exit(0));
say("ready");
