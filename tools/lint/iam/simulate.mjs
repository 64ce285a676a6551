// Judges requests with @cloud-copilot/iam-simulate. Run as `node simulate.mjs PACKAGES`, where
// PACKAGES holds node_modules. Reads {documents, requests} and writes one verdict a request, in
// their order: "Allowed", another result of IAM, or "error: ..." where a request makes no sense.
//
// A request: {principal, action, resource, account, context, identity, boundary, policy, forged,
// group}, where `identity`, `boundary` and `policy` are places in `documents`, so that no policy is
// sent twice.
//
// Of the requests of one `group`, those after the first that is allowed are "not needed".
//
// A request is checked first: whether the action can be about the resource, and whether AWS sends
// the keys with it. Unchecked are those whose key is forged, and those with a key that the check of
// this version takes for unknown and would leave out: of KMS' encryption context, and the claims of
// a provider's token.
import { createRequire } from 'node:module'
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'

const packages = createRequire(resolve(process.argv[2], 'index.js'))
const { runSimulation, runUnsafeSimulation } = packages('@cloud-copilot/iam-simulate')
const policies = packages('@cloud-copilot/iam-policy')

const UNKNOWN = [/^kms:EncryptionContext:/, /^[a-z0-9-]+(\.[a-z0-9-]+)+:(aud|sub)$/]

const { documents, requests } = JSON.parse(readFileSync(0, 'utf8'))

// Of a policy only what speaks of the action is judged, and that is validated once: requests are
// many, and the rest of the policies costs most of the time.
const prepared = new Map()
function policy(at, kind, action) {
  const name = `${kind} ${at} ${action}`
  if (!prepared.has(name)) {
    const spokenOf = documents[at].Statement.filter((one) => speaksOf(one, action))
    const document = { ...documents[at], Statement: spokenOf }
    const validate = policies[`validate${kind}Policy`]
    prepared.set(name, policies.createValidatedPolicy(document, validate, { name }))
  }
  return prepared.get(name)
}

function speaksOf(statement, action) {
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
  const named = (at) => ({ name: `${at}`, policy: policy(at, 'Identity', request.action) })
  const simulation = {
    request: {
      principal: request.principal,
      action: request.action,
      resource: { resource: request.resource, accountId: request.account },
      contextVariables: request.context
    },
    identityPolicies: request.identity.map(named),
    permissionBoundaryPolicies:
      request.boundary === null ? undefined : [request.boundary].map(named),
    serviceControlPolicies: [],
    resourceControlPolicies: [],
    resourcePolicy: request.policy === null ? undefined : policy(request.policy, 'Resource', request.action)
  }
  const keys = Object.keys(request.context)
  if (request.forged || keys.some((key) => UNKNOWN.some((known) => known.test(key)))) {
    return runUnsafeSimulation(simulation, {})
  }
  const found = await runSimulation(simulation, {})
  return found.resultType === 'error'
    ? `error: ${JSON.stringify(found.errors)}`
    : found.overallResult
}

const verdicts = []
const settled = new Set()
for (const request of requests) {
  const found = settled.has(request.group) ? 'not needed' : await verdict(request)
  if (request.group !== null && found === 'Allowed') {
    settled.add(request.group)
  }
  verdicts.push(found)
}
process.stdout.write(JSON.stringify(verdicts))
