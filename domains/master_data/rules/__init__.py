"""The rules that go with master data: pure functions, the same for whoever needs them."""
