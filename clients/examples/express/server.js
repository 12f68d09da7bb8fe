// An API of your own, in Express, that lets in who is signed in at the users service.
import express from "express";
import { createRemoteJWKSet, jwtVerify } from "jose";

// outputs of the users service's stack; JwksUrl is needed only where the issuer is no address
const issuer = process.env.USERS_ISSUER;
const audience = process.env.USERS_AUDIENCE ?? "users";
const jwksUrl = process.env.USERS_JWKS_URL ?? `${issuer.replace(/\/$/, "")}/.well-known/jwks.json`;

// fetched when first needed and every 10 minutes, and for an unknown key at most every 30 seconds
const keys = createRemoteJWKSet(new URL(jwksUrl), { timeoutDuration: 5000 });
const rules = {
  issuer,
  audience,
  // a person's token, and no back-end's
  typ: "at+jwt",
  // the type of the key decides between them (SigningAlgorithm)
  algorithms: ["ES256", "RS256"],
  clockTolerance: 30,
  requiredClaims: ["exp", "iat", "nbf", "sub", "sid", "role"],
};
// what is wrong with the token; all else is wrong with us, and no reason to log in again
const OF_THE_TOKEN = /^ERR_(JWT|JWS|JOSE_ALG|JOSE_NOT_SUPPORTED|JWKS_NO_MATCHING_KEY)/;

/** Let in who is signed in and, if one is named, has the permission. */
function signedIn(permission) {
  return async (request, response, next) => {
    const token = /^bearer +(\S+)$/i.exec(request.get("authorization") ?? "")?.[1];
    if (!token) {
      return response.set("www-authenticate", "Bearer").status(401).json({ error: "Unauthorized" });
    }
    let claims;
    try {
      ({ payload: claims } = await jwtVerify(token, keys, rules));
    } catch (error) {
      if (OF_THE_TOKEN.test(error.code)) {
        const challenge = 'Bearer error="invalid_token"';
        return response.set("www-authenticate", challenge).status(401).json({ error: "Unauthorized" });
      }
      console.error(`The keys of the users service cannot be had: ${error.message}`);
      return response.set("retry-after", "5").status(503).json({ error: "Service Unavailable" });
    }
    // by permissions and not by role: who has yet to get a second factor has the role, and none
    if (permission && !claims.permissions.some((it) => it === "*" || it === permission)) {
      return response.status(403).json({ error: "Forbidden" });
    }
    request.caller = claims;
    next();
  };
}

const app = express();
app.get("/hello", signedIn("content:read"), (request, response) => {
  // `sub` is a string, as in every JWT, and the `id` in the users service's answers a number
  response.json({ message: `Hello, user ${request.caller.sub}` });
});

const server = app.listen(Number(process.env.PORT ?? 4000), "127.0.0.1", () => {
  console.log(`http://127.0.0.1:${server.address().port}/hello`);
});
