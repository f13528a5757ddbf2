<?php
// All that differs from one wiki to the other comes from the environment and the secrets.
if (!defined('MEDIAWIKI')) {
    exit;
}

$secret = static fn (string $name): string =>
    trim(file_get_contents((getenv('SECRETS_DIR') ?: '/run/secrets') . "/$name"));

$wgSitename = getenv('WIKI_NAME');
$wgServer = getenv('WIKI_SERVER');
$wgScriptPath = '';

wfLoadSkin('Vector');
$wgDefaultSkin = 'vector';

$wgDBtype = 'mysql';
$wgDBserver = getenv('DB_HOST');
$wgDBname = 'mediawiki';
$wgDBuser = 'mediawiki';
$wgDBpassword = $secret('db_password');
$wgSecretKey = $secret('secret_key');

// A cache: nothing in it is worth keeping but who is logged in.
$wgObjectCaches['redis'] = ['class' => 'RedisBagOStuff', 'servers' => [getenv('REDIS')]];
$wgMainCacheType = 'redis';
$wgSessionCacheType = 'redis';
$wgMessageCacheType = CACHE_NONE;
// Texts of the interface are made for the program that runs, in its own container.
$wgCacheDirectory = getenv('CACHE_DIR') ?: '/tmp';

$wgEnableUploads = true;
$wgUploadDirectory = getenv('IMAGES') ?: '/var/www/html/images';
$wgUploadPath = '/images';
$wgFileExtensions = ['png', 'gif', 'jpg', 'jpeg', 'webp', 'svg', 'pdf', 'txt', 'dat'];

$wgGroupPermissions['*']['edit'] = false;
$wgGroupPermissions['*']['createaccount'] = false;

// A container's log is where its operator looks.
$wgDebugLogGroups = ['exception' => 'php://stderr', 'error' => 'php://stderr'];
