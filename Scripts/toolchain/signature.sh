# shellcheck shell=bash
# Whether an archive is one that a listed key of Swift's project has signed. Source it after Scripts/common.sh; the
# caller has run(), which runs a command that signals may end.

# trusted_fingerprints KEYS: the fingerprints listed in that file, a line each, without blanks.
trusted_fingerprints() { sed -nE 's/^Fingerprint: *//p' "$1" | tr -d ' \r'; }

# open_keyring FOLDER: from here on $gpg is gpg with a keyring of its own in FOLDER, without its user's settings, agent
# and web of trust; what it says goes there too.
gpg=() notes=''
open_keyring() {
    notes=$1
    mkdir -m 700 "$notes/gnupg"
    gpg=(env "GNUPGHOME=$notes/gnupg" LC_ALL=C gpg --batch --no-tty --no-options --no-autostart --trust-model always)
}

# take_keys FILE: adds the keys of FILE to the keyring. Whether one is trusted is decided by its fingerprint alone, and
# what a file says about a key counts only if that key has signed it: a later date of expiry, a revocation.
take_keys() { "${gpg[@]}" --quiet --import "$1" >"$notes/import.log" 2>&1; }

# status WORD FIELD: that field of the first status line WORD that gpg wrote; nothing when there is none.
status() { awk -v word="$1" -v field="$2" '$1 == "[GNUPG:]" && $2 == word { print $field; exit }' "$notes/status"; }

# expiry FINGERPRINT: when that key or subkey expires, in seconds since 1970; nothing when it never does.
expiry() {
    "${gpg[@]}" --with-colons --list-keys "$1" 2>/dev/null |
        awk -F : -v print_for="$1" '$1 == "pub" || $1 == "sub" { expires = $7 }
            $1 == "fpr" && $10 == print_for { print expires; exit }'
}

day() { date --utc --date="@$1" +%F; }

# check_signature ARCHIVE SIGNATURE KEYS: whether SIGNATURE is one good signature of ARCHIVE by a key listed in KEYS,
# made before that key expired. $verdict says what was found, in a sentence.
check_signature() {
    run "${gpg[@]}" --status-fd 1 --verify "$2" "$1" >"$notes/status" 2>"$notes/verify.log" || true
    local made signer primary
    signer=$(status VALIDSIG 3) made=$(status VALIDSIG 5) primary=$(status VALIDSIG 12)

    # A file with several signatures is not what is published; which of them counts is a question not to be asked.
    if (($(grep -c '^\[GNUPG:\] NEWSIG' "$notes/status") != 1)); then
        verdict='what was fetched as its signature is none'
    elif [[ -n $(status BADSIG 3) ]]; then
        verdict='the archive is not the one that was signed'
    elif [[ -n $(status NO_PUBKEY 3) ]]; then
        verdict="it was signed by a key that is not listed here ($(status NO_PUBKEY 3))"
    elif [[ -z $primary ]]; then
        verdict="gpg found no valid signature: $(tail -n 1 "$notes/verify.log")"
    elif ! trusted_fingerprints "$3" | grep -qxF "$primary"; then
        verdict="it was signed by a key that is not listed here ($primary)"
    elif [[ -n $(status REVKEYSIG 3) ]]; then
        verdict="the key that signed it has been revoked ($primary)"
    elif [[ -n $(status EXPSIG 3) ]]; then
        verdict='its signature has expired'
    elif [[ -n $(status GOODSIG 3) ]]; then
        verdict="signed on $(day "$made") by $primary"
        return 0
    elif [[ -n $(status EXPKEYSIG 3) ]]; then
        was_valid "$made" "$signer" "$primary"
        return
    else
        verdict='gpg does not call its signature good'
    fi
    return 1
}

# was_valid MADE FINGERPRINT...: whether none of these keys had expired when the signature was made. The end of a key's
# time ends the making of signatures, not those that were made: a release stays what it was.
was_valid() {
    local made=$1 key end
    shift
    verdict='gpg calls its key expired and knows no date'
    for key in "$@"; do
        end=$(expiry "$key")
        [[ -n $end ]] || continue
        if ((made >= end)); then
            verdict="it was signed on $(day "$made") by a key that had expired on $(day "$end") ($key)"
            return 1
        fi
        verdict="signed on $(day "$made") by $key, before that key expired on $(day "$end")"
    done
    [[ $verdict == signed* ]]
}
