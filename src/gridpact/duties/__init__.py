"""Who answers for which work item in which cell, and the tasks that come from it (责任矩阵)."""
