"""The pipeline that judges one merchant message in its conversation."""
