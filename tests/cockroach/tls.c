/* SPDX-License-Identifier: GPL-3.0-or-later */
/* TLS in front of the translator: a client must come by it, with a certificate of the CA; a process passes on the rest. */
#include <errno.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tests/cockroach/cockroach.h"

static SSL_CTX *tls_context(const char *certs)
{
	SSL_CTX *context = SSL_CTX_new(TLS_server_method());
	char ca[512], cert[512], key[512];
	snprintf(ca, sizeof ca, "%s/ca.crt", certs);
	snprintf(cert, sizeof cert, "%s/node.crt", certs);
	snprintf(key, sizeof key, "%s/node.key", certs);
	if (!context || SSL_CTX_load_verify_locations(context, ca, NULL) != 1 ||
	    SSL_CTX_use_certificate_file(context, cert, SSL_FILETYPE_PEM) != 1 ||
	    SSL_CTX_use_PrivateKey_file(context, key, SSL_FILETYPE_PEM) != 1)
		exit(fail("start", "cannot load certificates from %s", certs));
	SSL_CTX_set_verify(context, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, NULL);
	return context;
}

static bool tls_send_all(int fd, const char *bytes, int n)
{
	for (ssize_t done; n > 0; bytes += done, n -= (int)done)
		if ((done = send(fd, bytes, (size_t)n, MSG_NOSIGNAL)) <= 0)
			return false;
	return true;
}

/* Until either end is gone. */
static void tls_pass(SSL *ssl, int client, int inner)
{
	char bytes[16384];
	for (;;) {
		struct pollfd fds[] = {{.fd = client, .events = POLLIN}, {.fd = inner, .events = POLLIN}};
		if (!SSL_pending(ssl) && poll(fds, 2, -1) < 0 && errno != EINTR)
			return;
		if (SSL_pending(ssl) || fds[0].revents) {
			int n = SSL_read(ssl, bytes, sizeof bytes);
			if (n <= 0 || !tls_send_all(inner, bytes, n))
				return;
		}
		if (fds[1].revents) {
			ssize_t n = recv(inner, bytes, sizeof bytes, 0);
			if (n <= 0 || SSL_write(ssl, bytes, (int)n) <= 0)
				return;
		}
	}
}

int tls_accept(const char *certs, int client)
{
	static const unsigned char request[8] = {0, 0, 0, 8, 4, 210, 22, 47};
	unsigned char first[8];
	int pair[2];
	if (recv(client, first, 8, MSG_WAITALL) != 8 || memcmp(first, request, 8) != 0)
		return -1;
	SSL_CTX *context = tls_context(certs);
	SSL *ssl = SSL_new(context);
	send(client, "S", 1, MSG_NOSIGNAL);
	SSL_set_fd(ssl, client);
	if (SSL_accept(ssl) != 1 || socketpair(AF_UNIX, SOCK_STREAM, 0, pair))
		_exit(0);
	if (fork() == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		close(pair[1]);
		close(client);
		return pair[0];
	}
	close(pair[0]);
	tls_pass(ssl, client, pair[1]);
	_exit(0);
}
