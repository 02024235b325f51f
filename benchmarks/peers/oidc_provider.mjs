// oidc-provider with everything in memory: access tokens as RS256 JWTs, which its resource
// indicators are for, and a new refresh token at each refresh.
import crypto from 'node:crypto';
import Provider from 'oidc-provider';
import { DAY, client, port, writePools } from './pools.mjs';

const RESOURCE = 'https://crm.example';
const SCOPE = 'offline_access crm';
const stored = new Map();

// A plain map. What it was meant to forget stays until the end, as the measurement is short.
class InMemory {
  constructor(model) {
    this.model = model;
  }
  place(id) {
    return `${this.model} ${id}`;
  }
  async upsert(id, payload) {
    stored.set(this.place(id), payload);
  }
  async find(id) {
    return stored.get(this.place(id));
  }
  async consume(id) {
    stored.get(this.place(id)).consumed = Math.floor(Date.now() / 1000);
  }
  async destroy(id) {
    stored.delete(this.place(id));
  }
  async findByUid() {}
  async findByUserCode() {}
  async revokeByGrantId() {}
}

const pair = crypto.generateKeyPairSync('rsa', { modulusLength: 2048 });
const key = { ...pair.privateKey.export({ format: 'jwk' }), alg: 'RS256', use: 'sig', kid: 'first' };
const provider = new Provider(`http://127.0.0.1:${port}`, {
  adapter: InMemory,
  jwks: { keys: [key] },
  cookies: { keys: [crypto.randomBytes(16).toString('hex')] },
  clients: [
    {
      client_id: client.id,
      client_secret: client.secret,
      redirect_uris: [client.redirectUri],
      grant_types: ['authorization_code', 'refresh_token'],
      response_types: ['code'],
      token_endpoint_auth_method: 'client_secret_post',
      scope: `openid ${SCOPE}`,
    },
  ],
  scopes: ['openid', 'offline_access', 'crm'],
  findAccount: (_context, id) => ({ accountId: id, claims: () => ({ sub: id }) }),
  rotateRefreshToken: true,
  ttl: { AccessToken: DAY, RefreshToken: 90 * DAY, Grant: 90 * DAY },
  features: {
    devInteractions: { enabled: false },
    resourceIndicators: {
      enabled: true,
      defaultResource: () => RESOURCE,
      useGrantedResource: () => true,
      getResourceServerInfo: () => ({
        scope: 'crm',
        audience: 'crm',
        accessTokenTTL: DAY,
        accessTokenFormat: 'jwt',
        jwt: { sign: { alg: 'RS256' } },
      }),
    },
  },
});
provider.on('server_error', (_context, error) => console.error(error));

const found = await provider.Client.find(client.id);
await writePools(async (number) => {
  const accountId = `${number}`;
  const grant = new provider.Grant({ accountId, clientId: client.id });
  grant.addOIDCScope('offline_access');
  grant.addResourceScope(RESOURCE, 'crm');
  const token = new provider.RefreshToken({
    accountId,
    client: found,
    grantId: await grant.save(),
    gty: 'authorization_code',
    scope: SCOPE,
    resource: RESOURCE,
    expiresWithSession: false,
    iiat: Math.floor(Date.now() / 1000),
  });
  return token.save();
});
provider.listen(port, '127.0.0.1');
