// Judges requests with @cloud-copilot/iam-simulate. Run as `node simulate.mjs PACKAGES`, where
// PACKAGES holds node_modules. Reads {documents, requests} and writes one verdict a request, in
// their order: "Allowed", another result of IAM, or "error: ..." where a request makes no sense.
//
// A request: {principal, action, resource, account, context, identity, policy, boundary,
// forged, group},
// where `identity` and `policy` are places in `documents`, so that no policy is sent twice.
//
// Of the requests of one `group`, those after the first that is allowed are "not needed".
//
// A request is checked first: whether the action can be about the resource, and whether AWS sends
// the keys with it. Unchecked are those whose key is forged, and those with a key of KMS'
// encryption context, which the check of this version takes for unknown and would leave out.
import { createRequire } from 'node:module'
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'

const packages = createRequire(resolve(process.argv[2], 'index.js'))
const { runSimulation, runUnsafeSimulation } = packages('@cloud-copilot/iam-simulate')
const { createValidatedPolicy } = packages('@cloud-copilot/iam-policy')

const UNCHECKED = ['kms:EncryptionContext:', 'token.actions.githubusercontent.com:']

const { documents, requests } = JSON.parse(readFileSync(0, 'utf8'))

async function verdict(request) {
  const simulation = {
    request: {
      principal: request.principal,
      action: request.action,
      resource: { resource: request.resource, accountId: request.account },
      contextVariables: request.context
    },
    identityPolicies: request.identity.map((at) => ({ name: `${at}`, policy: documents[at] })),
    permissionBoundaryPolicies:
      request.boundary === null
        ? undefined
        : [{ name: 'boundary', policy: documents[request.boundary] }],
    serviceControlPolicies: [],
    resourceControlPolicies: [],
    resourcePolicy: request.policy === null ? undefined : documents[request.policy]
  }
  const keys = Object.keys(request.context)
  if (request.forged || keys.some((key) => UNCHECKED.some((start) => key.startsWith(start)))) {
    // Without the check, a resource's policy must come with a name.
    const policy = simulation.resourcePolicy
    const named = policy && createValidatedPolicy(policy, () => [], { name: 'resource' })
    return runUnsafeSimulation({ ...simulation, resourcePolicy: named }, {})
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
