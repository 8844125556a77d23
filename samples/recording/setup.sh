#!/bin/bash
# Runs inside the fresh tree, before audit is on: makes it the server of the story.
set -euo pipefail
echo web-01 > /etc/hostname
: > /etc/resolv.conf
cat > /etc/hosts << 'HOSTS'
127.0.0.1 localhost
192.0.2.80 web-01
198.51.100.10 updates.example.net
HOSTS
rm -f /etc/cron.d/* /etc/cron.*/* && : > /etc/crontab
: > /etc/apt/sources.list

useradd -m -u 1000 -s /bin/bash deploy
useradd -m -u 1001 -s /bin/bash -G sudo anna
printf '%s\n' 'root:tr0ub4dor' 'deploy:sunshine1' 'anna:correct horse' | chpasswd
for user in deploy anna; do install -d -m 700 -o $user -g $user /home/$user/.ssh; touch /home/$user/.hushlogin; done
install -d -m 700 /root/.ssh
touch /root/.hushlogin
install -d -m 755 /run/sshd
printf '%s\n' 'UseDNS no' 'PrintMotd no' >> /etc/ssh/sshd_config
sed -i '/pam_motd\|pam_mail\|pam_systemd/d' /etc/pam.d/sshd /etc/pam.d/login /etc/pam.d/su /etc/pam.d/common-session

install -d -o deploy -g deploy /srv/site /srv/git /var/www/html
cd /srv/site
echo '<h1>It works</h1>' > index.html
for page in about contact prices; do echo "<h1>$page</h1>" > $page.html; done
chown -R deploy: /srv/site /var/www/html
su deploy -c '
    git config --global user.name Deploy; git config --global user.email deploy@example.net
    git config --global gc.auto 0; git config --global init.defaultBranch main; git config --global maintenance.auto false
    git init -q --bare /srv/git/site.git
    git init -q && git add . && git commit -q -m "First pages" && git remote add origin /srv/git/site.git && git push -q -u origin main
    cp *.html /var/www/html/'
rm -f /var/www/html/index.nginx-debian.html
sed -i 's/worker_processes auto/worker_processes 1/' /etc/nginx/nginx.conf
sed -i '/listen \[::\]/d' /etc/nginx/sites-available/default

cat > /usr/local/bin/backup-site << 'BACKUP'
#!/bin/sh
# Keeps a copy of the site beside the older ones.
set -e
mkdir -p /var/backups/site
tar -czf "/var/backups/site/$(date +%H%M).tar.gz" -C /var/www html
find /var/backups/site -name '*.tar.gz' -mmin +60 | xargs -r rm -f
BACKUP
chmod 755 /usr/local/bin/backup-site
cat > /etc/cron.d/site << 'CRON'
MAILTO=""
* * * * * root /usr/local/bin/backup-site
* * * * * www-data curl -fsS -o /dev/null http://127.0.0.1/index.html || logger "site is down"
CRON

install -d -m 750 /var/log/audit
echo 'type=DAEMON_START msg=audit(0.000:1): op=start' > /var/log/audit/audit.log
# What is in the kernel module that is not one, and in the tool that is fetched.
install -d /srv/world/203 /srv/world/198
cp /usr/bin/nc.traditional /srv/world/203/fc-cached
echo 'not a module' > /srv/world/203/fc.ko
echo '1.4.2' > /srv/world/198/latest
