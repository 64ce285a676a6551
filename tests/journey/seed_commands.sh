#!/usr/bin/env bash
# The seed's command lines, as they stand in it and in its order; test_seed_commands.py runs them one
# by one, each when the one before has come to rest. "Criar Stack", its introductory example, is the
# first command below with --region and is left out, since a stack can be created once.
#
# Three things differ, each marked below by "Changed" or "Added" with its reason.

### Layer 0 - Foundation

# VPC
aws cloudformation create-stack \
  --stack-name sentry-vpc-dev \
  --template-body file://templates/networking/vpc-nonprod.json \
  --parameters \
    ParameterKey=Environment,ParameterValue=dev \
    ParameterKey=AvailabilityZone1,ParameterValue=us-east-1a \
    ParameterKey=AvailabilityZone2,ParameterValue=us-east-1b

# Cognito
aws cloudformation create-stack \
  --stack-name sentry-cognito-dev \
  --template-body file://templates/cognito/cognito-user-pool.json \
  --parameters ParameterKey=Environment,ParameterValue=dev

# DynamoDB Config
aws cloudformation create-stack \
  --stack-name sentry-dynamodb-config-dev \
  --template-body file://templates/dynamodb/oms-config-table.json \
  --parameters ParameterKey=Environment,ParameterValue=dev

# DynamoDB Trading
aws cloudformation create-stack \
  --stack-name sentry-dynamodb-trading-dev \
  --template-body file://templates/dynamodb/oms-trading-table.json \
  --parameters ParameterKey=Environment,ParameterValue=dev

# SQS
aws cloudformation create-stack \
  --stack-name sentry-sqs-dev \
  --template-body file://templates/messaging/sqs-queues.json \
  --parameters \
    ParameterKey=Environment,ParameterValue=dev \
    ParameterKey=Queue1Name,ParameterValue=master-order \
    ParameterKey=Queue2Name,ParameterValue=bitget-orders \
    ParameterKey=Queue3Name,ParameterValue=bitget-filled-orders \
    ParameterKey=Queue4Name,ParameterValue=bingx-orders \
    ParameterKey=Queue5Name,ParameterValue=bingx-filled-orders \
    ParameterKey=Queue6Name,ParameterValue=okx-orders \
    ParameterKey=Queue7Name,ParameterValue=okx-filled-orders \
    ParameterKey=Queue8Name,ParameterValue=order-execution-polling \
    ParameterKey=Queue9Name,ParameterValue=clients-events

# Secrets
aws cloudformation create-stack \
  --stack-name sentry-secrets-dev \
  --template-body file://templates/secrets/secrets-manager.json \
  --parameters ParameterKey=Environment,ParameterValue=dev

### Layer 1 - Data

# Redis (aguardar VPC CREATE_COMPLETE)
aws cloudformation create-stack \
  --stack-name sentry-redis-dev \
  --template-body file://templates/data/elasticache-redis.json \
  --parameters \
    ParameterKey=Environment,ParameterValue=dev \
    ParameterKey=VPCStackName,ParameterValue=sentry-vpc-dev

# ALB
aws cloudformation create-stack \
  --stack-name sentry-alb-dev \
  --template-body file://templates/networking/alb-frontend.json \
  --parameters \
    ParameterKey=Environment,ParameterValue=dev \
    ParameterKey=VPCStackName,ParameterValue=sentry-vpc-dev

### Layer 2 - Compute

# Cluster Gateway
# Changed: sg-xxx is a placeholder; the real one is an output of the alb's stack.
# Changed: the commas of both lists are escaped. The quotes are gone when the AWS CLI reads the
# argument, and it refuses a ParameterValue with a bare comma, before any call.
aws cloudformation create-stack \
  --stack-name sentry-cluster-gateway-dev \
  --template-body file://templates/compute/ecs-cluster-gateway.json \
  --parameters \
    ParameterKey=Environment,ParameterValue=dev \
    ParameterKey=VPCStackName,ParameterValue=sentry-vpc-dev \
    ParameterKey=SQSQueueNames,ParameterValue="master-order-queue-dev.fifo\,clients-events-queue-dev" \
    ParameterKey=DynamoDBTableNames,ParameterValue="oms_config_dev\,oms_trading_data_dev" \
    ParameterKey=ALBSecurityGroupId,ParameterValue="$(aws cloudformation describe-stacks \
      --stack-name sentry-alb-dev --output text \
      --query "Stacks[0].Outputs[?OutputKey=='ALBSecurityGroupId'].OutputValue")" \
  --capabilities CAPABILITY_IAM CAPABILITY_NAMED_IAM

# Cluster OMS
# Changed: the commas of both lists are escaped, for the same reason.
aws cloudformation create-stack \
  --stack-name sentry-cluster-oms-dev \
  --template-body file://templates/compute/ecs-cluster-oms.json \
  --parameters \
    ParameterKey=Environment,ParameterValue=dev \
    ParameterKey=VPCStackName,ParameterValue=sentry-vpc-dev \
    ParameterKey=SQSQueueNames,ParameterValue="master-order-queue-dev.fifo\,bitget-orders-queue-dev.fifo" \
    ParameterKey=DynamoDBTableNames,ParameterValue="oms_config_dev\,oms_trading_data_dev" \
  --capabilities CAPABILITY_IAM CAPABILITY_NAMED_IAM

### Layer 3 - Services

# Task Frontend
aws cloudformation create-stack \
  --stack-name sentry-task-frontend-dev \
  --template-body file://templates/compute/task-definition-frontend-admin.json \
  --parameters \
    ParameterKey=Environment,ParameterValue=dev \
    ParameterKey=ECSClusterStackName,ParameterValue=sentry-cluster-gateway-dev \
    ParameterKey=ALBStackName,ParameterValue=sentry-alb-dev \
    ParameterKey=ECRRepositoryUri,ParameterValue=123456789.dkr.ecr.us-east-1.amazonaws.com/frontend-admin \
    ParameterKey=SecretsArn,ParameterValue=arn:aws:secretsmanager:us-east-1:123456789:secret:sentry/dev

# Task OMS
aws cloudformation create-stack \
  --stack-name sentry-task-oms-dev \
  --template-body file://templates/compute/task-definition-oms.json \
  --parameters \
    ParameterKey=Environment,ParameterValue=dev \
    ParameterKey=ECSClusterStackName,ParameterValue=sentry-cluster-oms-dev \
    ParameterKey=ECRRepositoryUri,ParameterValue=123456789.dkr.ecr.us-east-1.amazonaws.com/oms-service \
    ParameterKey=AppSecretArn,ParameterValue=arn:aws:secretsmanager:us-east-1:123456789:secret:sentry/dev

# Task WebSocket
# Added: the seed lists this stack and has no command for it. It mirrors Task Frontend's.
aws cloudformation create-stack \
  --stack-name sentry-task-websocket-dev \
  --template-body file://templates/compute/task-definition-websocket.json \
  --parameters \
    ParameterKey=Environment,ParameterValue=dev \
    ParameterKey=ECSClusterStackName,ParameterValue=sentry-cluster-gateway-dev \
    ParameterKey=ALBStackName,ParameterValue=sentry-alb-dev \
    ParameterKey=ECRRepositoryUri,ParameterValue=123456789.dkr.ecr.us-east-1.amazonaws.com/websocket \
    ParameterKey=SecretsArn,ParameterValue=arn:aws:secretsmanager:us-east-1:123456789:secret:sentry/dev

### Layer 4 - CI/CD

# Pipeline Frontend
aws cloudformation create-stack \
  --stack-name sentry-pipeline-frontend-dev \
  --template-body file://templates/cicd/codepipeline-frontend.json \
  --parameters \
    ParameterKey=Environment,ParameterValue=dev \
    ParameterKey=ECRRepositoryName,ParameterValue=sentry/admin-front-end-dev \
    ParameterKey=CodeStarConnectionArn,ParameterValue=arn:aws:codestar-connections:us-east-1:123456789:connection/xxx \
    ParameterKey=GitHubRepoFullName,ParameterValue=org/oms-spider \
    ParameterKey=GitHubBranch,ParameterValue=main \
    ParameterKey=CognitoRegion,ParameterValue=us-east-1 \
    ParameterKey=CognitoUserPoolId,ParameterValue=us-east-1_xxx \
    ParameterKey=CognitoClientId,ParameterValue=xxx \
    ParameterKey=ECSClusterName,ParameterValue=sentry-gateway-dev \
    ParameterKey=ECSServiceName,ParameterValue=sentry-frontend-admin-service-dev \
  --capabilities CAPABILITY_NAMED_IAM

# Pipeline OMS
aws cloudformation create-stack \
  --stack-name sentry-pipeline-oms-dev \
  --template-body file://templates/cicd/codepipeline-oms.json \
  --parameters \
    ParameterKey=Environment,ParameterValue=dev \
    ParameterKey=ECRRepositoryName,ParameterValue=sentry/oms-dev \
    ParameterKey=CodeStarConnectionArn,ParameterValue=arn:aws:codestar-connections:us-east-1:123456789:connection/xxx \
    ParameterKey=GitHubRepoFullName,ParameterValue=org/oms-spider \
    ParameterKey=GitHubBranch,ParameterValue=main \
    ParameterKey=ECSClusterName,ParameterValue=sentry-oms-dev \
    ParameterKey=ECSServiceName,ParameterValue=sentry-oms-service-dev \
  --capabilities CAPABILITY_NAMED_IAM

# Pipeline WebSocket
aws cloudformation create-stack \
  --stack-name sentry-pipeline-websocket-dev \
  --template-body file://templates/cicd/codepipeline-websocket.json \
  --parameters \
    ParameterKey=Environment,ParameterValue=dev \
    ParameterKey=ECRRepositoryName,ParameterValue=sentry/websocket-dev \
    ParameterKey=CodeStarConnectionArn,ParameterValue=arn:aws:codestar-connections:us-east-1:123456789:connection/xxx \
    ParameterKey=GitHubRepoFullName,ParameterValue=org/oms-spider \
    ParameterKey=GitHubBranch,ParameterValue=main \
    ParameterKey=ECSClusterName,ParameterValue=sentry-gateway-dev \
    ParameterKey=ECSServiceName,ParameterValue=sentry-websocket-service-dev \
  --capabilities CAPABILITY_NAMED_IAM

### Atualizar Stack

aws cloudformation update-stack \
  --stack-name sentry-vpc-dev \
  --template-body file://templates/networking/vpc-nonprod.json \
  --parameters ParameterKey=Environment,ParameterValue=dev \
  --region us-east-1

### Ver Status

# Status
aws cloudformation describe-stacks --stack-name sentry-vpc-dev --query 'Stacks[0].StackStatus'

# Eventos
aws cloudformation describe-stack-events --stack-name sentry-vpc-dev --query 'StackEvents[0:5]'

# Outputs
aws cloudformation describe-stacks --stack-name sentry-vpc-dev --query 'Stacks[0].Outputs'

### Change Sets

# 1. Criar change set
aws cloudformation create-change-set \
  --stack-name sentry-vpc-dev \
  --change-set-name my-changes \
  --template-body file://templates/networking/vpc-nonprod.json

# 2. Ver mudancas
aws cloudformation describe-change-set \
  --stack-name sentry-vpc-dev \
  --change-set-name my-changes

# 3. Aplicar
aws cloudformation execute-change-set \
  --stack-name sentry-vpc-dev \
  --change-set-name my-changes

# Ou cancelar
aws cloudformation delete-change-set \
  --stack-name sentry-vpc-dev \
  --change-set-name my-changes

### Deletar

# Layer 4 - CI/CD
aws cloudformation delete-stack --stack-name sentry-pipeline-websocket-dev
aws cloudformation delete-stack --stack-name sentry-pipeline-oms-dev
aws cloudformation delete-stack --stack-name sentry-pipeline-frontend-dev

# Layer 3
aws cloudformation delete-stack --stack-name sentry-task-websocket-dev
aws cloudformation delete-stack --stack-name sentry-task-oms-dev
aws cloudformation delete-stack --stack-name sentry-task-frontend-dev

# Layer 2
aws cloudformation delete-stack --stack-name sentry-cluster-oms-dev
aws cloudformation delete-stack --stack-name sentry-cluster-gateway-dev

# Layer 1
aws cloudformation delete-stack --stack-name sentry-alb-dev
aws cloudformation delete-stack --stack-name sentry-redis-dev

# Layer 0
aws cloudformation delete-stack --stack-name sentry-secrets-dev
aws cloudformation delete-stack --stack-name sentry-sqs-dev
aws cloudformation delete-stack --stack-name sentry-dynamodb-trading-dev
aws cloudformation delete-stack --stack-name sentry-dynamodb-config-dev
aws cloudformation delete-stack --stack-name sentry-cognito-dev
aws cloudformation delete-stack --stack-name sentry-vpc-dev
