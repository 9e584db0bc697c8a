// coldseal and the official JavaScript SDK open each other's messages where that SDK has the keyring: raw AES and raw RSA, with and without a
// signature (suites 0x0478 and 0x0578).
//
// Usage: node raw_keys.mjs MODULES BINARY FOLDER       MODULES is a folder with node_modules/@aws-crypto/client-node

import { spawnSync } from 'node:child_process'
import { constants, generateKeyPairSync, randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join, resolve } from 'node:path'

const [modules, binary, folder] = process.argv.slice(2).map((path) => resolve(path))
const sdk = createRequire(join(modules, 'package.json'))('@aws-crypto/client-node')
const { encrypt, decrypt } = sdk.buildClient(sdk.CommitmentPolicy.REQUIRE_ENCRYPT_REQUIRE_DECRYPT)
const { AlgorithmSuiteIdentifier: suiteIds } = sdk
const UNSIGNED = { suiteId: suiteIds.ALG_AES256_GCM_IV12_TAG16_HKDF_SHA512_COMMIT_KEY, flags: [] }
const SIGNED = { suiteId: suiteIds.ALG_AES256_GCM_IV12_TAG16_HKDF_SHA512_COMMIT_KEY_ECDSA_P384, flags: ['--sign-message'] }

const SIZES = [0, 1, 64 * 1024, 3 * 1024 * 1024]
const encryptionContext = { purpose: 'interop', 'é': 'ü' }
const CONTEXT_FLAGS = ['--encryption-context', 'purpose=interop', 'é=ü']
const OAEP = { OAEP_SHA1_MGF1: 'sha1', OAEP_SHA256_MGF1: 'sha256', OAEP_SHA384_MGF1: 'sha384', OAEP_SHA512_MGF1: 'sha512' }

const fail = (message) => { console.error(`failed: ${message}`); process.exit(1) }

const env = { ...process.env, HOME: folder, XDG_DATA_HOME: join(folder, 'data'), XDG_CONFIG_HOME: join(folder, 'config') }
for (const name of Object.keys(env)) if (/^(COLDSEAL_|AWS_)/.test(name)) delete env[name]

const coldseal = (args, expected = 0) => {
  const done = spawnSync(binary, args, { cwd: folder, env, stdio: ['ignore', 'pipe', 'pipe'] })
  if (done.status !== expected) fail(`${args.join(' ')}: exit code ${done.status}, expected ${expected}\n${done.stderr}`)
}

const aesKey = (length, wrappingSuite) => {
  const name = `aes-${length}`
  const unencryptedMasterKey = randomBytes(length)
  writeFileSync(join(folder, name), unencryptedMasterKey, { mode: 0o600 })
  // The SDK's own order of the context is another one beyond U+FFFF unless told.
  const asked = { keyNamespace: 'ci', keyName: name, wrappingSuite, utf8Sorting: true }
  // The SDK wipes the array that it is given, so each keyring gets its own.
  const keyring = () => new sdk.RawAesKeyringNode({ ...asked, unencryptedMasterKey: new Uint8Array(unencryptedMasterKey) })
  return { title: name, keyring, seal: ['--raw-aes-key', `ci/${name}=${name}`], open: ['--raw-aes-key', `ci/${name}=${name}`] }
}

const rsaKeys = (modulusLength) => {
  const name = `rsa-${modulusLength}`
  const { publicKey, privateKey } = generateKeyPairSync('rsa', {
    modulusLength,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  })
  writeFileSync(join(folder, name), privateKey, { mode: 0o600 })
  writeFileSync(join(folder, `${name}.pub`), publicKey)
  const of = (padding, option) => {
    const asked = { keyNamespace: 'ci', keyName: name, rsaKey: { publicKey, privateKey }, ...option }
    const flags = (file) => ['--raw-rsa-key', `ci/${name}=${file}`, '--raw-rsa-padding', padding]
    return { title: `${name} ${padding}`, keyring: () => new sdk.RawRsaKeyringNode(asked), seal: flags(`${name}.pub`), open: flags(name) }
  }
  const keys = Object.entries(OAEP).map(([padding, oaepHash]) => of(padding, { oaepHash }))
  // Node decrypts PKCS #1 v1.5 no more, and coldseal never wrote it: one direction is left.
  return [...keys, { ...of('PKCS1', { padding: constants.RSA_PKCS1_PADDING }), seal: null }]
}

let count = 0

const ours = async ({ title, keyring, seal }, size, { suiteId, flags }) => {
  const payload = randomBytes(size)
  writeFileSync(join(folder, 'payload'), payload)
  coldseal(['seal', 'payload', ...seal, ...flags, ...CONTEXT_FLAGS, '-o', 'message', '--force'])
  const { plaintext, messageHeader } = await decrypt(keyring(), readFileSync(join(folder, 'message')))
  const sameContext = Object.entries(encryptionContext).every(([name, value]) => messageHeader.encryptionContext[name] === value)
  if (!plaintext.equals(payload) || !sameContext || messageHeader.suiteId !== suiteId) fail(`coldseal to SDK: ${title}, ${size} bytes ${flags}`)
  count += 1
}

const theirs = async ({ title, keyring }, openers, size, { suiteId, flags }) => {
  const payload = randomBytes(size)
  const { result } = await encrypt(keyring(), payload, { suiteId, encryptionContext })
  writeFileSync(join(folder, 'message'), result)
  for (const { open } of openers) {
    coldseal(['open', 'message', ...open, '-o', 'opened', '--force'])
    if (!readFileSync(join(folder, 'opened')).equals(payload)) fail(`SDK to coldseal: ${title}, ${size} bytes ${flags}`)
    count += 1
  }
}

rmSync(folder, { recursive: true, force: true })
mkdirSync(folder, { recursive: true })
const suites = sdk.RawAesWrappingSuiteIdentifier
const aes = [
  aesKey(16, suites.AES128_GCM_IV12_TAG16_NO_PADDING),
  aesKey(24, suites.AES192_GCM_IV12_TAG16_NO_PADDING),
  aesKey(32, suites.AES256_GCM_IV12_TAG16_NO_PADDING),
]
const keys = [...aes, ...rsaKeys(2048), ...rsaKeys(4096)]
const suitesAndSizes = [UNSIGNED, SIGNED].flatMap((suite) => SIZES.map((size) => [size, suite]))
for (const key of keys) {
  for (const [size, suite] of suitesAndSizes) {
    if (key.seal) await ours(key, size, suite)
    await theirs(key, [key], size, suite)
  }
}

// Several kinds of key in one message, each of which opens it.
const mixed = [aes[2], ...keys.filter(({ title }) => title.endsWith('OAEP_SHA256_MGF1'))]
const [generator, ...children] = mixed.map(({ keyring }) => keyring())
const several = { title: 'several keys', keyring: () => new sdk.MultiKeyringNode({ generator, children }) }
const seal = mixed.flatMap(({ seal }) => seal.filter((flag, index) => index < 2))
for (const [size, suite] of suitesAndSizes) {
  await theirs(several, mixed, size, suite)
  for (const key of mixed) await ours({ ...key, seal }, size, suite)
}

// A comparison that never fails shows nothing.
coldseal(['seal', 'payload', ...aes[0].seal, '-o', 'message', '--force'])
coldseal(['open', 'message', ...aes[1].open, '-o', 'refused'], 254)
await decrypt(aes[1].keyring(), readFileSync(join(folder, 'message'))).then(() => fail('the SDK opened a message with another key'), () => {})
coldseal(['seal', 'payload', ...aes[0].seal, '--sign-message', '-o', 'message', '--force'])
const unlike = readFileSync(join(folder, 'message'))
unlike[unlike.length - 1] ^= 1
await decrypt(aes[0].keyring(), unlike).then(() => fail('the SDK opened a message with a changed signature'), () => {})
writeFileSync(join(folder, 'message'), unlike)
coldseal(['open', 'message', ...aes[0].open, '-o', 'refused'], 254)
if (existsSync(join(folder, 'refused'))) fail('a refused message left a file')
console.log(`${count} messages opened by the other implementation (JavaScript)`)
