"""What one socket costs the gateway, beside a bare echo of the same framework in the same run."""
