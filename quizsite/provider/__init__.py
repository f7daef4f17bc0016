"""Log-in of staff through an OpenID Connect provider, such as an institution has."""
