/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The certificates of the tests' cockroach: a CA, one for nodes and one for a client, in the files that it documents. */
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "tests/cockroach/cockroach.h"

static FILE *cert_open(const char *path, const char *mode, mode_t rights)
{
	struct stat st;
	mode_t before = umask(0777 & ~rights);
	FILE *f = mode[0] == 'w' && stat(path, &st) == 0 ? NULL : fopen(path, mode);
	umask(before);
	if (!f)
		exit(fail("cert", "cannot open, or must not overwrite, %s", path));
	return f;
}

static void cert_write(const char *cert_path, const char *key_path, X509 *cert, EVP_PKEY *key)
{
	FILE *f = cert_open(cert_path, "w", 0644);
	PEM_write_X509(f, cert);
	fclose(f);
	f = cert_open(key_path, "w", 0600);
	PEM_write_PrivateKey(f, key, NULL, NULL, 0, NULL, NULL);
	fclose(f);
}

static void cert_extend(X509 *cert, int nid, const char *value)
{
	X509_EXTENSION *extension = X509V3_EXT_conf_nid(NULL, NULL, nid, value);
	if (!extension)
		exit(fail("cert", "cannot make the extension %s", value));
	X509_add_ext(cert, extension, -1);
	X509_EXTENSION_free(extension);
}

/* Signed by `signer`, which is called `issuer`. */
static X509 *cert_make(const char *name, EVP_PKEY *key, const char *issuer, EVP_PKEY *signer, const char *hosts)
{
	X509 *cert = X509_new();
	X509_NAME *subject = X509_NAME_new(), *from = X509_NAME_new();
	X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_ASC, (const unsigned char *)name, -1, -1, 0);
	X509_NAME_add_entry_by_txt(from, "CN", MBSTRING_ASC, (const unsigned char *)issuer, -1, -1, 0);
	X509_set_version(cert, 2);
	ASN1_INTEGER_set(X509_get_serialNumber(cert), (long)strlen(name) + (hosts ? 100 : 1));
	X509_gmtime_adj(X509_getm_notBefore(cert), -3600);
	X509_gmtime_adj(X509_getm_notAfter(cert), 86400);
	X509_set_subject_name(cert, subject);
	X509_set_issuer_name(cert, from);
	X509_set_pubkey(cert, key);
	cert_extend(cert, NID_basic_constraints, key == signer ? "critical,CA:TRUE" : "CA:FALSE");
	if (hosts)
		cert_extend(cert, NID_subject_alt_name, hosts);
	X509_sign(cert, signer, EVP_sha256());
	X509_NAME_free(subject);
	X509_NAME_free(from);
	return cert;
}

static void cert_hosts(const struct flags *flags, char *out, size_t size)
{
	size_t n = 0;
	for (size_t i = 1; i < flags->nwords; i++)
		n += (size_t)snprintf(out + n, size - n, "%s%s:%s", i > 1 ? "," : "",
				      strspn(flags->words[i], "0123456789.") == strlen(flags->words[i]) ? "IP" : "DNS",
				      flags->words[i]);
}

static EVP_PKEY *cert_ca_key(const struct flags *flags)
{
	FILE *f = cert_open(flags->ca_key, "r", 0);
	EVP_PKEY *key = PEM_read_PrivateKey(f, NULL, NULL, NULL);
	fclose(f);
	if (!key)
		exit(fail("cert", "%s is not a key", flags->ca_key));
	return key;
}

int cert_run(const struct flags *flags)
{
	const char *what = flags->nwords ? flags->words[0] : "";
	char name[64] = "node", cert_path[512], key_path[512], hosts[256] = "";
	bool ca = strcmp(what, "create-ca") == 0, node = strcmp(what, "create-node") == 0;
	if (!flags->certs_dir || !flags->ca_key || !(ca || flags->nwords > 1))
		return fail("cert", "--certs-dir, --ca-key and names are needed");
	if (!ca && !node && strcmp(what, "create-client") != 0)
		return fail("cert", "unknown command \"%s\"", what);
	if (!ca && !node)
		snprintf(name, sizeof name, "client.%s", flags->words[1]);
	if (node)
		cert_hosts(flags, hosts, sizeof hosts);
	mkdir(flags->certs_dir, 0700);
	snprintf(cert_path, sizeof cert_path, "%s/%s.crt", flags->certs_dir, ca ? "ca" : name);
	snprintf(key_path, sizeof key_path, "%s/%s.key", flags->certs_dir, name);
	EVP_PKEY *key = EVP_EC_gen("P-256"), *signer = ca ? key : cert_ca_key(flags);
	X509 *cert = cert_make(ca     ? "tests CA"
			       : node ? "node"
				      : flags->words[1],
			       key, "tests CA", signer, node ? hosts : NULL);
	cert_write(cert_path, ca ? flags->ca_key : key_path, cert, key);
	X509_free(cert);
	if (signer != key)
		EVP_PKEY_free(signer);
	EVP_PKEY_free(key);
	return 0;
}
