// The official JavaScript SDK's client of AWS Secrets Manager against `coldseal serve`: it makes, reads, lists and changes secrets, and knows each error.
//
// It runs itself once more as the program of `serve -- PROGRAM`, which is all the configuration that the SDK gets.
//
// Usage: node served_secrets.mjs MODULES BINARY FOLDER       MODULES is a folder with node_modules/@aws-sdk/client-secrets-manager

import { spawnSync } from 'node:child_process'
import { mkdirSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join, resolve } from 'node:path'

const [modules, binary, folder, mode] = process.argv.slice(2)
const fail = (message) => { console.error(`failed: ${message}`); process.exit(1) }
const SERVED = 'AWS_ENDPOINT_URL_SECRETS_MANAGER'

const env = { ...process.env, HOME: folder, XDG_DATA_HOME: join(folder, 'data'), XDG_CONFIG_HOME: join(folder, 'config') }
for (const name of Object.keys(env)) if (/^(COLDSEAL_|AWS_)/.test(name)) delete env[name]

if (!process.env[SERVED]) {
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  for (const [flags, next] of [[['--writable'], 'writes'], [[], 'reads']]) {
    const program = [process.execPath, '--no-warnings', resolve(process.argv[1]), resolve(modules), resolve(binary), resolve(folder), next]
    const done = spawnSync(resolve(binary), ['serve', ...flags, '--', ...program], { cwd: folder, env, stdio: 'inherit' })
    if (done.status !== 0) process.exit(done.status ?? 1)
  }
  process.exit(0)
}

const sdk = createRequire(join(modules, 'package.json'))('@aws-sdk/client-secrets-manager')
const clients = new Map()
const send = (region, command, request) => {
  if (!clients.has(region)) clients.set(region, new sdk.SecretsManagerClient({ region, maxAttempts: 1 }))
  return clients.get(region).send(new sdk[`${command}Command`](request))
}
const refused = async (name, region, command, request) => {
  try {
    await send(region, command, request)
  } catch (error) {
    if (error.name !== name || error.$metadata.httpStatusCode !== 400 || !error.message) fail(`${command}: ${error.name} '${error.message}' in place of ${name}`)
    return
  }
  fail(`${command} ${JSON.stringify(request)} was not refused; ${name} was expected`)
}
const [HOME, AWAY] = ['us-west-2', 'eu-west-1']
const VALUE = '{"password": "EXAMPLE-PASSWORD", "é": "𐀀"}'
const BYTES = Uint8Array.from({ length: 256 }, (_, byte) => byte)

if (mode === 'writes') {
  const made = await send(HOME, 'CreateSecret', { Name: 'js/text', SecretString: 'first', AddReplicaRegions: [{ Region: AWAY }] })
  if (!made.ARN || made.VersionId.length !== 36) fail(`CreateSecret: ${JSON.stringify(made)}`)
  await send(HOME, 'CreateSecret', { Name: 'js/bytes', SecretBinary: BYTES })
  await send(HOME, 'PutSecretValue', { SecretId: 'js/text', SecretString: VALUE })
  await send(HOME, 'TagResource', { SecretId: 'js/text', Tags: [{ Key: 'team', Value: 'web' }] })
  await refused('ResourceExistsException', HOME, 'CreateSecret', { Name: 'js/text', SecretString: 'x' })
  await refused('InvalidParameterException', AWAY, 'TagResource', { SecretId: 'js/text', Tags: [] })
} else {
  for (const region of [HOME, AWAY]) {
    const read = await send(region, 'GetSecretValue', { SecretId: 'js/text' })
    if (read.SecretString !== VALUE || !(read.CreatedDate instanceof Date) || !read.ARN.includes(`:${region}:`)) fail(`${region}: ${JSON.stringify(read)}`)
    const before = await send(region, 'GetSecretValue', { SecretId: read.ARN, VersionStage: 'AWSPREVIOUS' })
    if (before.SecretString !== 'first') fail(`${region}: ${JSON.stringify(before)}`)
  }
  const { SecretBinary } = await send(HOME, 'GetSecretValue', { SecretId: 'js/bytes' })
  if (Buffer.compare(SecretBinary, BYTES) !== 0) fail('other bytes')
  const names = []
  for await (const page of sdk.paginateListSecrets({ client: clients.get(HOME), pageSize: 1 }, {})) names.push(...page.SecretList.map(({ Name }) => Name))
  if (names.sort().join() !== 'js/bytes,js/text') fail(`the pages list ${names}`)
  const described = await send(HOME, 'DescribeSecret', { SecretId: 'js/text' })
  if (described.Tags[0].Value !== 'web' || described.ReplicationStatus[0].Status !== 'InSync') fail(JSON.stringify(described))
  await refused('AccessDeniedException', HOME, 'PutSecretValue', { SecretId: 'js/text', SecretString: 'x' })
  await refused('ResourceNotFoundException', HOME, 'GetSecretValue', { SecretId: 'none' })
  await refused('ResourceNotFoundException', AWAY, 'GetSecretValue', { SecretId: 'js/bytes' })
  console.log('secrets made, read and listed by the official JavaScript SDK')
}
