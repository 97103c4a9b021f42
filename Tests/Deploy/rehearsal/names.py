"""Names that stand in for a real tenant's; none of them exists."""

TENANT = "7b1c2d3e-0000-4000-8000-0000000000aa"
CLIENT = "a1000000-0000-4000-8000-000000000001"
SUBSCRIPTION = "5b000000-0000-4000-8000-000000000009"
WORKSPACE = "https://adb-1234567890123456.7.azuredatabricks.net"
