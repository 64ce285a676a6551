// The one issue that says what drifted: opened, brought up to date, and closed where nothing does.
//
// codes: the exit code of `sceptre drift detect` for each environment: 0 no drift, 2 drift, any
// other: not known. What it said stands in drift-<environment>.txt.

const { readFileSync } = require('node:fs')

const MARKER = '<!-- oms drift -->'
const TITLE = 'What is deployed is not what was launched'
const LONGEST = 15000 // of each environment's lines: an issue holds 65,536 characters

const NONE = '0'
const FOUND = '2'

module.exports = async ({ github, context, core, codes }) => {
  const asked = Object.entries(codes).map(([environment, code]) => {
    const lines = readFileSync(`drift-${environment}.txt`, 'utf8').trim()
    core.info(`${environment}: ${verdict(code)}\n${lines}`)
    return { environment, code, lines }
  })
  const drifted = asked.filter(({ code }) => code === FOUND)
  const unknown = asked.filter(({ code }) => code !== FOUND && code !== NONE)
  const issue = await open(github, context)
  if (drifted.length > 0) {
    await say(github, context, issue, body(context, asked))
  } else if (issue && unknown.length === 0) {
    await close(github, context, issue)
  }
  const faults = [...drifted, ...unknown]
  if (faults.length > 0) {
    core.setFailed(faults.map(({ environment, code }) => `${environment}: ${verdict(code)}`).join('; '))
  }
}

const verdict = (code) =>
  code === NONE ? 'no drift' : code === FOUND ? 'drift' : `not known, it ended with ${code}`

const run = (context) =>
  `${context.serverUrl}/${context.repo.owner}/${context.repo.repo}/actions/runs/${context.runId}`

const body = (context, asked) => {
  const parts = asked.map(({ environment, code, lines }) => {
    const heading = `### ${environment}: ${verdict(code)}`
    return code === NONE ? heading : `${heading}\n\n~~~~\n${short(lines)}\n~~~~`
  })
  return [MARKER, ...parts, `As of [this run](${run(context)}).`].join('\n\n')
}

const short = (lines) =>
  lines.length <= LONGEST ? lines : `${lines.slice(0, LONGEST)}\n... cut here; the run has all of it`

const open = async (github, context) => {
  const issues = await github.paginate(github.rest.issues.listForRepo, {
    ...context.repo,
    creator: 'github-actions[bot]',
    state: 'open',
    per_page: 100,
  })
  return issues.find((issue) => !issue.pull_request && (issue.body || '').startsWith(MARKER))
}

const say = (github, context, issue, text) =>
  issue
    ? github.rest.issues.update({ ...context.repo, issue_number: issue.number, body: text })
    : github.rest.issues.create({ ...context.repo, title: TITLE, body: text })

const close = async (github, context, issue) => {
  const of = { ...context.repo, issue_number: issue.number }
  await github.rest.issues.createComment({
    ...of,
    body: `Nothing drifts any more, as of [this run](${run(context)}).`,
  })
  await github.rest.issues.update({ ...of, state: 'closed', state_reason: 'completed' })
}
