// A stand-in for actions/github-script: reads a script and the existing issues from standard input,
// runs the script, and prints its calls of GitHub's API as JSON.

const { readFileSync } = require('node:fs')
const { resolve } = require('node:path')

const { script, issues } = JSON.parse(readFileSync(0, 'utf8'))
const made = { calls: [], failed: null }

const endpoint = (name) => async (parameters) => {
  made.calls.push([name, parameters])
}
const rest = {
  issues: {
    listForRepo: 'listForRepo',
    create: endpoint('create'),
    update: endpoint('update'),
    createComment: endpoint('createComment'),
  },
}
const github = {
  rest,
  paginate: async (route, { state, creator }) => {
    if (route !== 'listForRepo') throw new Error(`${route} is not known here`)
    return issues.filter((issue) => issue.state === state && issue.user === creator)
  },
}
const context = {
  repo: { owner: 'org', repo: 'infrastructure' },
  runId: 7,
  serverUrl: 'https://github.com',
}
const core = {
  info: () => {},
  setFailed: (text) => {
    made.failed = text
  },
}
// The action's require takes ./ for the checkout.
const required = (path) => require(path.startsWith('.') ? resolve(path) : path)
const AsyncFunction = Object.getPrototypeOf(async () => {}).constructor

new AsyncFunction('github', 'context', 'core', 'require', script)(github, context, core, required)
  .then(() => console.log(JSON.stringify(made)))
