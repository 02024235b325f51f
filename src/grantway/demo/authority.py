"""A certificate authority of one's own, for clients that insist on TLS and a compiled-in domain."""

from __future__ import annotations

import datetime as dt
import ipaddress
from collections.abc import Collection, Sequence
from pathlib import Path

import msgspec
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

_CA_DAYS = 3650
_LEAF_DAYS = 397  # browsers refuse certificates that live longer
_SLACK = dt.timedelta(hours=1)  # for clients whose clock is behind


class Certificates(msgspec.Struct, frozen=True):
    """Files in PEM form: the authority to trust, and what the server shows."""

    ca: Path
    certificate: Path
    key: Path


def certificates(folder: Path, domain: str, now: int, labels: Collection[str] = ()) -> Certificates:
    """Return the certificates for *domain* in *folder*, made on first use.

    It is good for every host below *domain*. Those of *labels* are named one by
    one: below a domain of one label, as `localhost` is, clients take no wildcard.
    """
    found = Certificates(folder / "ca.pem", folder / f"{domain}.pem", folder / f"{domain}.key")
    if not (found.ca.exists() and found.certificate.exists() and found.key.exists()):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        names = [domain, f"*.{domain}", *(f"{label}.{domain}" for label in labels), "localhost"]
        _make(found, names, dt.datetime.fromtimestamp(now, dt.UTC))
    return found


def _make(files: Certificates, names: Sequence[str], now: dt.datetime) -> None:
    ca_key = ec.generate_private_key(ec.SECP256R1())
    ca_name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Grantway demo authority")])
    ca = (
        _certificate(ca_name, ca_name, ca_key.public_key(), now, _CA_DAYS)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(signs_certificates=True), critical=True)
        .sign(ca_key, hashes.SHA256())
    )
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, names[0])])
    alternatives = [
        *(x509.DNSName(one) for one in dict.fromkeys(names)),
        x509.IPAddress(ipaddress.ip_address("127.0.0.1")),
    ]
    leaf = (
        _certificate(name, ca_name, key.public_key(), now, _LEAF_DAYS)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.SubjectAlternativeName(alternatives), critical=False)
        .add_extension(_usage(signs_certificates=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .sign(ca_key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    files.ca.write_bytes(ca.public_bytes(pem))
    files.certificate.write_bytes(leaf.public_bytes(pem) + ca.public_bytes(pem))
    files.key.touch(mode=0o600)
    files.key.write_bytes(
        key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )


def _certificate(
    subject: x509.Name,
    issuer: x509.Name,
    key: ec.EllipticCurvePublicKey,
    now: dt.datetime,
    days: int,
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - _SLACK)
        .not_valid_after(now + dt.timedelta(days=days))
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
    )


def _usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=True,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        encipher_only=False,
        decipher_only=False,
    )
