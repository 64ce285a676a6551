"""cfn-lint rules for what AWS refuses; .cfnlintrc loads them. docs/CHECKS.md explains them."""
