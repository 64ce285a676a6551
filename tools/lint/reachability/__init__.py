"""The connections that the deployed security groups and routes allow."""
