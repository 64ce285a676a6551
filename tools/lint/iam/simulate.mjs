// Simulates requests with @cloud-copilot/iam-simulate. Run as `node simulate.mjs PACKAGES`, where
// PACKAGES has node_modules. Reads {documents, requests} from stdin and writes a verdict for each
// request: "Allowed", another result of IAM, or "error: ..." for an invalid request.
//
// A request: {principal, action, resource, account, context, forged, identity, boundary, policy}.
// The last three are optional and keys of `documents`, so no policy is sent twice.
//
// A valid request has a resource of the action's type, and only keys that AWS sends with the action.
// This is not checked if a key is forged, nor for the keys that this version does not know and would
// remove: KMS' encryption context, and the claims of a provider's token.
import { createRequire } from 'node:module'
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'

const packages = createRequire(resolve(process.argv[2], 'index.js'))
const { runSimulation, runUnsafeSimulation } = packages('@cloud-copilot/iam-simulate')
const policies = packages('@cloud-copilot/iam-policy')

const UNKNOWN = [/^kms:EncryptionContext:/, /^[a-z0-9-]+(\.[a-z0-9-]+)+:(aud|sub)$/]

const { documents, requests } = JSON.parse(readFileSync(0, 'utf8'))

// Validating policies takes most of the time, so only an action's statements are validated, once.
const prepared = new Map()
function policy(key, kind, action) {
  const name = `${kind} ${key} ${action}`
  if (!prepared.has(name)) {
    const statements = documents[key].Statement.filter((one) => matches(one, action))
    const document = { ...documents[key], Statement: statements }
    const validate = policies[`validate${kind}Policy`]
    prepared.set(name, policies.createValidatedPolicy(document, validate, { name }))
  }
  return prepared.get(name)
}

function matches(statement, action) {
  return !statement.Action || [statement.Action].flat().some((one) => pattern(one).test(action))
}

const patterns = new Map()
function pattern(action) {
  if (!patterns.has(action)) {
    const text = action.replaceAll('*', '.*').replaceAll('?', '.')
    patterns.set(action, new RegExp(`^${text}$`, 'i'))
  }
  return patterns.get(action)
}

async function verdict(request) {
  const { principal, action, resource, account, context, identity, boundary } = request
  const named = (key) => ({ name: `${key}`, policy: policy(key, 'Identity', action) })
  const simulation = {
    request: {
      principal,
      action,
      resource: { resource, accountId: account },
      contextVariables: context
    },
    identityPolicies: identity ? [named(identity)] : [],
    permissionBoundaryPolicies: boundary ? [named(boundary)] : undefined,
    serviceControlPolicies: [],
    resourceControlPolicies: [],
    resourcePolicy: request.policy && policy(request.policy, 'Resource', action)
  }
  const isUnknown = (key) => UNKNOWN.some((known) => known.test(key))
  if (request.forged || Object.keys(context).some(isUnknown)) {
    return runUnsafeSimulation(simulation, {})
  }
  const found = await runSimulation(simulation, {})
  return found.resultType === 'error'
    ? `error: ${JSON.stringify(found.errors)}`
    : found.overallResult
}

const verdicts = []
for (const request of requests) {
  verdicts.push(await verdict(request))
}
process.stdout.write(JSON.stringify(verdicts))
