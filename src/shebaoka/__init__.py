"""社保卡: the system a city runs its social-security card on."""
