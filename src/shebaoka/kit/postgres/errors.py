"""What can go wrong on the way to a running database, each with its remedy."""

from __future__ import annotations

from shebaoka.kit.problems import Problem


class DatabaseProblem(Problem):
    """The embedded PostgreSQL cannot serve."""

    slug = "database-unavailable"
    status = 503
    title_zh = "数据库无法使用"
    title_en = "The database is not available"
    remedy_zh = "请查看数据目录下 startup.log 与 log/ 中的最后几行"
    remedy_en = "Read the last lines of startup.log and log/ in the data directory"


class PostgresMissing(DatabaseProblem):
    """No PostgreSQL of the asked kind is installed here."""

    slug = "postgresql-missing"
    title_zh = "未找到 PostgreSQL 程序"
    title_en = "PostgreSQL is not installed here"
    remedy_zh = "运行 make setup；或安装 PostgreSQL 15 以上版本；或用 SHEBAOKA_DATABASE_URL 指向现有服务器"
    remedy_en = "Run make setup, or install PostgreSQL 15 or later, or name a server in SHEBAOKA_DATABASE_URL"


class DataDirectoryNotWritable(DatabaseProblem):
    """The data directory cannot be made or written."""

    slug = "data-directory-not-writable"
    title_zh = "数据目录不可写"
    title_en = "The data directory cannot be written"
    remedy_zh = "用 chown 或 chmod 使当前用户可写该目录，或把 SHEBAOKA_DATA_DIR 设为另一目录"
    remedy_en = "Give this user the directory (chown, chmod), or set SHEBAOKA_DATA_DIR to another one"


class DataDirectoryOutOfReach(DatabaseProblem):
    """PostgreSQL will not run as root, and the user it runs as instead cannot pass one of the folders above."""

    slug = "data-directory-out-of-reach"
    title_zh = "运行数据库的用户无法进入数据目录"
    title_en = "The user that runs the database cannot enter the data directory"
    remedy_zh = "对所列目录执行 chmod o+x，或把 SHEBAOKA_DATA_DIR 设为如 /var/lib/shebaoka 的目录"
    remedy_en = "chmod o+x the folder named, or set SHEBAOKA_DATA_DIR to one such as /var/lib/shebaoka"


class DataDirectoryOfAnotherUser(DatabaseProblem):
    """Another operating-system user made this data directory."""

    slug = "data-directory-of-another-user"
    title_zh = "数据目录属于另一系统用户"
    title_en = "The data directory belongs to another system user"
    remedy_zh = "以该用户身份运行，或把 SHEBAOKA_DATA_DIR 设为自己的目录"
    remedy_en = "Run as that user, or set SHEBAOKA_DATA_DIR to a directory of your own"


class DataDirectoryOfAnotherVersion(DatabaseProblem):
    """Another major version of PostgreSQL made this data directory."""

    slug = "data-directory-of-another-version"
    title_zh = "数据目录由另一 PostgreSQL 大版本建立"
    title_en = "Another major version of PostgreSQL made the data directory"
    remedy_zh = "用原版本启动，以 pg_dump 导出后在新目录恢复；演示数据可直接删除该目录"
    remedy_en = (
        "Start the old version, pg_dump, and restore into a new directory; demo data may simply be deleted"
    )


class DataDirectoryBusy(DatabaseProblem):
    """Another process holds the data directory's start lock for too long."""

    slug = "data-directory-busy"
    title_zh = "另一进程正在启动或停止该数据库"
    title_en = "Another process is starting or stopping this database"
    remedy_zh = "请稍候重试；如持续存在，请结束所列锁文件的持有进程（fuser）"
    remedy_en = "Try again shortly; if it stays, end the process that holds the lock file named (fuser)"


class DiskFull(DatabaseProblem):
    """There is no room left for the database."""

    slug = "disk-full"
    status = 507
    title_zh = "磁盘空间不足"
    title_en = "The disk is full"
    remedy_zh = "清理磁盘，或把 SHEBAOKA_DATA_DIR 设到空间充足的磁盘"
    remedy_en = "Free some space, or set SHEBAOKA_DATA_DIR to a disk with room"


class DatabaseDidNotStart(DatabaseProblem):
    """PostgreSQL was started and gave up, or did not answer in time."""

    slug = "database-did-not-start"
    title_zh = "数据库未能启动"
    title_en = "The database did not start"
    remedy_zh = "请按所列日志处理；完整日志在数据目录的 startup.log 与 log/ 下"
    remedy_en = "Act on the log lines shown; the whole log is in startup.log and log/ of the data directory"


class DatabaseDidNotStop(DatabaseProblem):
    """PostgreSQL was told to stop and did not in time."""

    slug = "database-did-not-stop"
    title_zh = "数据库未能按时停止"
    title_en = "The database did not stop in time"
    remedy_zh = "请稍候重试；仍不停止时，向所列进程发送 SIGQUIT，下次启动会自动恢复"
    remedy_en = "Try again shortly; if it stays, send SIGQUIT to the process named: the next start recovers"
