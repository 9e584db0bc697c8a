// coldseal and the official JavaScript SDK open each other's messages under keys in `kms serve`: its AWS KMS keyring and its keyrings for multi-Region
// keys, strict and discovering, with and without a signature (suites 0x0478 and 0x0578).
//
// It runs itself once more as the program of `kms serve -- PROGRAM`, which is all the configuration that the SDK gets.
//
// Usage: node served_keys.mjs MODULES BINARY FOLDER       MODULES is a folder with node_modules/@aws-crypto/client-node

import { spawnSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join, resolve } from 'node:path'

const [modules, binary, folder] = process.argv.slice(2).map((path) => resolve(path))
const fail = (message) => { console.error(`failed: ${message}`); process.exit(1) }
const SERVED = 'AWS_ENDPOINT_URL_KMS'

const env = { ...process.env, HOME: folder, XDG_DATA_HOME: join(folder, 'data'), XDG_CONFIG_HOME: join(folder, 'config') }
for (const name of Object.keys(env)) if (/^(COLDSEAL_|AWS_)/.test(name)) delete env[name]

if (!process.env[SERVED]) {
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  const done = spawnSync(binary, ['kms', 'serve', '--', process.execPath, '--no-warnings', resolve(process.argv[1]), modules, binary, folder], { cwd: folder, env, stdio: 'inherit' })
  process.exit(done.status ?? 1)
}

const sdk = createRequire(join(modules, 'package.json'))('@aws-crypto/client-node')
const { encrypt, decrypt } = sdk.buildClient(sdk.CommitmentPolicy.REQUIRE_ENCRYPT_REQUIRE_DECRYPT)
const { AlgorithmSuiteIdentifier: suiteIds } = sdk
const SUITES = [
  { suiteId: suiteIds.ALG_AES256_GCM_IV12_TAG16_HKDF_SHA512_COMMIT_KEY, flags: [] },
  { suiteId: suiteIds.ALG_AES256_GCM_IV12_TAG16_HKDF_SHA512_COMMIT_KEY_ECDSA_P384, flags: ['--sign-message'] },
]
const SIZES = [1, 64 * 1024, 3 * 1024 * 1024]
const HOME = 'us-west-2'
const AWAY = 'eu-west-1'
const encryptionContext = { purpose: 'interop', 'é': '𐀀' }
const CONTEXT_FLAGS = ['--encryption-context', 'purpose=interop', 'é=𐀀']
const discoveryFilter = { accountIDs: ['000000000000'], partition: 'aws' }

const coldseal = (args, expected = 0) => {
  const done = spawnSync(binary, args, { cwd: folder, env, stdio: ['ignore', 'pipe', 'pipe'] })
  if (done.status !== expected) fail(`${args.join(' ')}: exit code ${done.status}, expected ${expected}\n${done.stderr}`)
  return done.stdout
}

const client = (region) => new sdk.KMS({ region })
const strict = (...arns) => () => new sdk.KmsKeyringNode({ generatorKeyId: arns[0], keyIds: arns.slice(1) })
const discovery = () => new sdk.KmsKeyringNode({ discovery: true, discoveryFilter })
const mrk = (keyId, region) => () => new sdk.AwsKmsMrkAwareSymmetricKeyringNode({ client: client(region), keyId })
const mrkDiscovery = (region) => () => new sdk.AwsKmsMrkAwareSymmetricDiscoveryKeyringNode({ client: client(region), discoveryFilter })
const made = async (region, options = {}) => (await client(region).createKey(options)).KeyMetadata.Arn

// The ARNs that coldseal seals for, the SDK's keyring that seals, and those that open.
const cases = async () => {
  const one = await made(HOME)
  const other = JSON.parse(coldseal(['kms', 'create-key', '--region', AWAY])).KeyMetadata.Arn
  const primary = await made(HOME, { MultiRegion: true })
  const replica = (await client(HOME).replicateKey({ KeyId: primary, ReplicaRegion: AWAY })).ReplicaKeyMetadata.Arn
  return [
    { title: 'one key', arns: [one], seals: strict(one), opens: [strict(one), discovery] },
    { title: 'two Regions', arns: [one, other], seals: strict(one, other), opens: [strict(other), discovery] },
    { title: 'MRK', arns: [primary], seals: mrk(primary, HOME), opens: [mrk(replica, AWAY), mrkDiscovery(AWAY)] },
    { title: 'MRK, its replica', arns: [replica], seals: mrk(replica, AWAY), opens: [mrk(primary, HOME), mrkDiscovery(HOME)] },
  ]
}

let count = 0

const opened = async (what, message, keyrings, payload, suiteId) => {
  for (const keyring of keyrings) {
    const { plaintext, messageHeader } = await decrypt(keyring(), message)
    const sameContext = Object.entries(encryptionContext).every(([name, value]) => messageHeader.encryptionContext[name] === value)
    if (!plaintext.equals(payload) || !sameContext || messageHeader.suiteId !== suiteId) fail(what)
    count += 1
  }
}

const ours = async ({ title, arns, opens }, size, { suiteId, flags }) => {
  const payload = randomBytes(size)
  writeFileSync(join(folder, 'payload'), payload)
  const keys = arns.flatMap((arn) => ['--kms-key-id', arn])
  coldseal(['seal', 'payload', ...keys, ...flags, ...CONTEXT_FLAGS, '-o', 'message', '--force'])
  await opened(`coldseal to SDK: ${title}, ${size} bytes ${flags}`, readFileSync(join(folder, 'message')), opens, payload, suiteId)
}

const theirs = async ({ title, arns, seals, opens }, size, { suiteId, flags }) => {
  const payload = randomBytes(size)
  const { result } = await encrypt(seals(), payload, { suiteId, encryptionContext })
  await opened(`SDK to SDK: ${title}, ${size} bytes ${flags}`, result, opens, payload, suiteId)
  writeFileSync(join(folder, 'message'), result)
  for (const key of [[], ...arns.map((arn) => ['--kms-key-id', arn])]) {
    coldseal(['open', 'message', ...key, ...CONTEXT_FLAGS, '-o', 'opened', '--force'])
    if (!readFileSync(join(folder, 'opened')).equals(payload)) fail(`SDK to coldseal: ${title}, ${size} bytes ${flags}`)
    count += 1
  }
}

const all = await cases()
for (const one of all) {
  for (const suite of SUITES) {
    for (const size of SIZES) {
      await ours(one, size, suite)
      await theirs(one, size, suite)
    }
  }
}

// A comparison that never fails shows nothing: another key, another context, a disabled key.
const [arn, other] = [await made(HOME), await made(HOME)]
coldseal(['seal', 'payload', '--kms-key-id', arn, ...CONTEXT_FLAGS, '-o', 'message', '--force'])
const message = readFileSync(join(folder, 'message'))
const changed = Buffer.from(message)
changed[changed.indexOf('interop')] ^= 0x20
const refused = (what, keyring, bytes) => decrypt(keyring(), bytes).then(() => fail(`the SDK opened a message with ${what}`), () => {})
await refused('another key', strict(other), message)
await refused('another context', strict(arn), changed)
await client(HOME).disableKey({ KeyId: arn })
await refused('a disabled key', strict(arn), message)
coldseal(['open', 'message', ...CONTEXT_FLAGS, '-o', 'refused'], 254)
if (existsSync(join(folder, 'refused'))) fail('a refused message left a file')
await client(HOME).enableKey({ KeyId: arn })
await decrypt(strict(arn)(), message)
if (count < 150) fail(`only ${count} messages were opened`)
console.log(`${count} messages opened by the other implementation (JavaScript), its keys in kms serve`)
