// OpenSSL 3, the part this project uses, in a form that Swift can call and check.
//
// Swift ignores the result of an imported C function without a word. Every function here whose result must be looked at
// is therefore wrapped in a `static inline` function marked `warn_unused_result`: forgetting the check does not compile.
// Macros and variadic functions, which Swift cannot call at all, get a typed function the same way.
#ifndef COPENSSL_SHIM_H
#define COPENSSL_SHIM_H

#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#define COSSL_CHECKED __attribute__((warn_unused_result)) static inline

// MARK: Digests and random bytes

/// SHA-256 of `count` bytes into 32 bytes at `out`; `digest` comes from `EVP_MD_fetch`, which spares a search per call.
COSSL_CHECKED int cossl_digest(const EVP_MD *digest, const void *bytes, size_t count, unsigned char *out) {
    return EVP_Digest(bytes, count, out, NULL, digest, NULL);
}

COSSL_CHECKED int cossl_random(unsigned char *out, int count) {
    return RAND_bytes(out, count);
}

// MARK: Keys

/// An RSA public key from big-endian numbers, or NULL. OpenSSL 3 wants parameters: the RSA_* functions are deprecated.
COSSL_CHECKED EVP_PKEY *cossl_rsa_public_key(const BIGNUM *modulus, const BIGNUM *exponent) {
    EVP_PKEY *key = NULL;
    OSSL_PARAM *parameters = NULL;
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_name(NULL, "RSA", NULL);
    OSSL_PARAM_BLD *builder = OSSL_PARAM_BLD_new();
    if (context && builder
        && OSSL_PARAM_BLD_push_BN(builder, OSSL_PKEY_PARAM_RSA_N, modulus)
        && OSSL_PARAM_BLD_push_BN(builder, OSSL_PKEY_PARAM_RSA_E, exponent)
        && (parameters = OSSL_PARAM_BLD_to_param(builder))
        && EVP_PKEY_fromdata_init(context) > 0
        && EVP_PKEY_fromdata(context, &key, EVP_PKEY_PUBLIC_KEY, parameters) <= 0) {
        key = NULL;
    }
    OSSL_PARAM_free(parameters);
    OSSL_PARAM_BLD_free(builder);
    EVP_PKEY_CTX_free(context);
    return key;
}

/// A new RSA key pair, or NULL. `EVP_PKEY_Q_keygen` is variadic.
COSSL_CHECKED EVP_PKEY *cossl_rsa_generate(size_t bits) {
    return EVP_PKEY_Q_keygen(NULL, NULL, "RSA", bits);
}

COSSL_CHECKED int cossl_is_rsa(const EVP_PKEY *key) {
    return EVP_PKEY_is_a(key, "RSA");
}

/// A copy of the number `name` (`OSSL_PKEY_PARAM_RSA_N` or `_E`) of `key`; the caller frees it.
COSSL_CHECKED BIGNUM *cossl_key_number(const EVP_PKEY *key, const char *name) {
    BIGNUM *number = NULL;
    return EVP_PKEY_get_bn_param(key, name, &number) == 1 ? number : NULL;
}

// MARK: PEM

/// Refuses encrypted keys. Without a callback OpenSSL would ask for the passphrase on the terminal and wait.
static int cossl_no_passphrase(char *buffer, int size, int writing, void *context) {
    (void)buffer, (void)size, (void)writing, (void)context;
    return -1;
}

/// The private key in `count` bytes of PEM text, or NULL.
COSSL_CHECKED EVP_PKEY *cossl_read_private_key(const void *text, int count) {
    BIO *input = BIO_new_mem_buf(text, count);
    if (!input) return NULL;
    EVP_PKEY *key = PEM_read_bio_PrivateKey(input, NULL, cossl_no_passphrase, NULL);
    BIO_free(input);
    return key;
}

/// Writes `key` as unencrypted PKCS #8 PEM into the memory BIO `output`.
COSSL_CHECKED int cossl_write_private_key(BIO *output, const EVP_PKEY *key) {
    return PEM_write_bio_PKCS8PrivateKey(output, key, NULL, NULL, 0, NULL, NULL);
}

/// The bytes that a memory BIO holds; they stay its own. `BIO_get_mem_data` is a macro.
COSSL_CHECKED long cossl_bio_bytes(BIO *memory, char **bytes) {
    return BIO_get_mem_data(memory, bytes);
}

// MARK: Client certificates

/// The first certificate in `count` bytes of PEM text that belongs to the private `key`, or NULL; the caller frees it.
/// `found` is how many certificates were looked at.
COSSL_CHECKED X509 *cossl_certificate_of(const EVP_PKEY *key, const void *text, int count, int *found) {
    X509 *certificate = NULL;
    BIO *input = BIO_new_mem_buf(text, count);
    *found = 0;
    while (input && (certificate = PEM_read_bio_X509(input, NULL, cossl_no_passphrase, NULL))) {
        *found += 1;
        if (X509_check_private_key(certificate, key) == 1) break;
        X509_free(certificate);
    }
    BIO_free(input);
    return certificate;
}

/// The SHA-256 of the DER form of `certificate`, into 32 bytes at `out`.
COSSL_CHECKED int cossl_certificate_digest(const X509 *certificate, const EVP_MD *digest, unsigned char *out) {
    return X509_digest(certificate, digest, out, NULL);
}

/// A time of a certificate as seconds since 1970.
COSSL_CHECKED int cossl_certificate_seconds(const ASN1_TIME *time, int64_t *seconds) {
    int days = 0, rest = 0;
    ASN1_TIME *epoch = ASN1_TIME_set(NULL, 0);
    int status = epoch && ASN1_TIME_diff(&days, &rest, epoch, time);
    ASN1_TIME_free(epoch);
    *seconds = days * (int64_t)86400 + rest;
    return status;
}

// MARK: Signatures

COSSL_CHECKED int cossl_verify_init(EVP_MD_CTX *context, const EVP_MD *digest, EVP_PKEY *key) {
    return EVP_DigestVerifyInit(context, NULL, digest, NULL, key);
}

COSSL_CHECKED int cossl_sign_init(EVP_MD_CTX *context, const EVP_MD *digest, EVP_PKEY *key) {
    return EVP_DigestSignInit(context, NULL, digest, NULL, key);
}

/// Prepares RSASSA-PSS with the same digest for message and mask, and a salt as long as the digest: "PS256" for SHA-256.
COSSL_CHECKED int cossl_sign_init_pss(EVP_MD_CTX *context, const EVP_MD *digest, EVP_PKEY *key) {
    EVP_PKEY_CTX *parameters = NULL;
    return EVP_DigestSignInit(context, &parameters, digest, NULL, key) == 1
        && EVP_PKEY_CTX_set_rsa_padding(parameters, RSA_PKCS1_PSS_PADDING) == 1
        && EVP_PKEY_CTX_set_rsa_pss_saltlen(parameters, RSA_PSS_SALTLEN_DIGEST) == 1
        && EVP_PKEY_CTX_set_rsa_mgf1_md(parameters, digest) == 1;
}

COSSL_CHECKED int cossl_sign(
    EVP_MD_CTX *context, unsigned char *signature, size_t *size, const unsigned char *message, size_t count) {
    return EVP_DigestSign(context, signature, size, message, count);
}

// MARK: RSASSA-PSS verification and certificates

/// Prepares the verification of RSASSA-PSS with `digest`, MGF1 with the same digest, and a salt as long as its output.
COSSL_CHECKED int cossl_pss_verify_init(EVP_MD_CTX *context, const EVP_MD *digest, EVP_PKEY *key) {
    EVP_PKEY_CTX *parameters = NULL;  // belongs to `context`
    return EVP_DigestVerifyInit(context, &parameters, digest, NULL, key) == 1
        && EVP_PKEY_CTX_set_rsa_padding(parameters, RSA_PKCS1_PSS_PADDING) == 1
        && EVP_PKEY_CTX_set_rsa_mgf1_md(parameters, digest) == 1
        && EVP_PKEY_CTX_set_rsa_pss_saltlen(parameters, RSA_PSS_SALTLEN_DIGEST) == 1;
}

/// SHA-1 of `count` bytes into 20 bytes at `out`: certificates are still named by it, nothing is protected by it.
COSSL_CHECKED int cossl_sha1(const void *bytes, size_t count, unsigned char *out) {
    return EVP_Digest(bytes, count, out, NULL, EVP_sha1(), NULL);
}

/// The first certificate in `count` bytes of PEM text, or NULL; text around it and keys before it are skipped.
COSSL_CHECKED X509 *cossl_read_certificate(const void *text, int count) {
    BIO *input = BIO_new_mem_buf(text, count);
    if (!input) return NULL;
    X509 *certificate = PEM_read_bio_X509(input, NULL, cossl_no_passphrase, NULL);
    BIO_free(input);
    return certificate;
}

/// The DER form of `certificate` in memory that `OPENSSL_free` frees; its length, or a negative number.
COSSL_CHECKED int cossl_certificate_der(const X509 *certificate, unsigned char **der) {
    *der = NULL;
    return i2d_X509(certificate, der);
}

/// Seconds from 1970 to `time`, into `seconds`; 1 unless the time is not readable.
COSSL_CHECKED int cossl_unix_time(const ASN1_TIME *time, long long *seconds) {
    int days = 0, rest = 0;
    ASN1_TIME *epoch = ASN1_TIME_set(NULL, 0);
    int status = epoch ? ASN1_TIME_diff(&days, &rest, epoch, time) : 0;
    ASN1_STRING_free(epoch);
    *seconds = days * 86400LL + rest;
    return status;
}

#undef COSSL_CHECKED
#endif
