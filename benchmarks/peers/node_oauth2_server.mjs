// @node-oauth/oauth2-server behind express, as its documentation sets it up: everything in memory,
// access tokens as RS256 JWTs, a new refresh token at each refresh.
import crypto from 'node:crypto';
import OAuth2Server from '@node-oauth/oauth2-server';
import express from 'express';
import { DAY, client, port, writePools } from './pools.mjs';

const { Request, Response } = OAuth2Server;
const signing = crypto.generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
const registered = {
  id: client.id,
  grants: ['refresh_token'],
  redirectUris: [client.redirectUri],
};
const refreshTokens = new Map();
const accessTokens = new Map();

const base64url = (value) => Buffer.from(value).toString('base64url');
const header = base64url(JSON.stringify({ typ: 'JWT', alg: 'RS256' }));

function signed(user, scope) {
  const now = Math.floor(Date.now() / 1000);
  const claims = {
    aud: client.id,
    jti: crypto.randomBytes(32).toString('hex'),
    iat: now,
    nbf: now,
    exp: now + DAY,
    sub: user.id,
    scopes: scope,
  };
  const text = `${header}.${base64url(JSON.stringify(claims))}`;
  return `${text}.${crypto.sign('sha256', Buffer.from(text), signing).toString('base64url')}`;
}

function isSecret(given) {
  const [one, other] = [given, client.secret].map((text) =>
    crypto.createHash('sha256').update(text).digest(),
  );
  return crypto.timingSafeEqual(one, other);
}

const model = {
  async getClient(id, secret) {
    return id === client.id && (secret === null || isSecret(secret)) ? registered : null;
  },
  async generateAccessToken(_client, user, scope) {
    return signed(user, scope);
  },
  async getRefreshToken(token) {
    return refreshTokens.get(token);
  },
  async revokeToken(token) {
    accessTokens.delete(token.accessToken);
    return refreshTokens.delete(token.refreshToken);
  },
  async saveToken(token, owner, user) {
    const kept = { ...token, client: owner, user };
    accessTokens.set(token.accessToken, kept);
    refreshTokens.set(token.refreshToken, kept);
    return kept;
  },
};
const server = new OAuth2Server({
  model,
  accessTokenLifetime: DAY,
  refreshTokenLifetime: 90 * DAY,
  alwaysIssueNewRefreshToken: true,
});

await writePools((number) => {
  const refreshToken = crypto.randomBytes(32).toString('hex');
  refreshTokens.set(refreshToken, {
    refreshToken,
    refreshTokenExpiresAt: new Date(Date.now() + 90 * DAY * 1000),
    client: registered,
    user: { id: `${number}` },
    scope: ['crm'],
  });
  return refreshToken;
});

const app = express();
app.disable('x-powered-by');
app.disable('etag');
app.use(express.urlencoded({ extended: false }));
app.post('/token', async (request, response) => {
  const answer = new Response(response);
  try {
    await server.token(new Request(request), answer);
    response.set(answer.headers).status(answer.status).json(answer.body);
  } catch (error) {
    response.status(error.code || 500).json({ error: error.name, error_description: error.message });
  }
});
app.listen(port, '127.0.0.1');
