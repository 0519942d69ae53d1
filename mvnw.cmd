@echo off
rem Builds Clarion, and runs it: `mvnw`, `mvnw -Dclarion="devices --json"`, `mvnw verify`. The script mvnw beside this
rem one says it all; here the build runs each time, as there is no short way to ask whether a file has changed.
setlocal EnableExtensions DisableDelayedExpansion
set "HERE=%~dp0"
for /f "usebackq tokens=1,2 delims==" %%a in ("%HERE%.mvn\maven-distribution.properties") do (
    if "%%a"=="version" set "MAVEN_VERSION=%%b"
    if "%%a"=="zip" set "MAVEN_SHA512=%%b"
)
set "FETCHED=%USERPROFILE%\.m2\wrapper\apache-maven-%MAVEN_VERSION%"

rem cmd splits arguments at `=` too: -Dclarion and its value arrive as two.
set "ARGUMENTS="
set "HAS_GOAL="
set "NEXT_IS_VALUE="
set "MAVEN_OPTIONS="
:next_argument
if "%~1"=="" goto arguments_read
set "ARGUMENT=%~1"
if "%ARGUMENT%"=="-Dclarion" (
    set "ARGUMENTS=%~2"
    shift
    shift
    goto next_argument
)
if "%ARGUMENT:~0,10%"=="-Dclarion=" (
    set "ARGUMENTS=%ARGUMENT:~10%"
    shift
    goto next_argument
)
if not "%ARGUMENT:~0,1%"=="-" if not defined NEXT_IS_VALUE set "HAS_GOAL=yes"
set "NEXT_IS_VALUE="
for %%o in (-h --help -v --version) do if "%ARGUMENT%"=="%%o" set "HAS_GOAL=yes"
for %%o in (-f --file -s --settings -gs -t -gt -P -pl --projects -rf -T --threads -l -b -D) do if "%ARGUMENT%"=="%%o" set "NEXT_IS_VALUE=yes"
if "%ARGUMENT:~0,2%"=="-D" set "NEXT_IS_VALUE=yes"
set MAVEN_OPTIONS=%MAVEN_OPTIONS% %1
shift
goto next_argument
:arguments_read

set "MAVEN="
for %%m in ("%MAVEN_HOME%\bin\mvn.cmd" "%M2_HOME%\bin\mvn.cmd") do if not defined MAVEN if exist %%m set "MAVEN=%%~m"
if not defined MAVEN for /f "delims=" %%m in ('where mvn.cmd 2^>nul') do if not defined MAVEN set "MAVEN=%%m"
if not defined MAVEN if exist "%FETCHED%\bin\mvn.cmd" set "MAVEN=%FETCHED%\bin\mvn.cmd"
if not defined MAVEN call :fetch_maven || exit /b 1

if defined HAS_GOAL (
    call "%MAVEN%" %*
    exit /b
)
call "%MAVEN%" -q -ntp -f "%HERE%pom.xml" %MAVEN_OPTIONS% package -pl src,kernels-cl,opencl 1>&2 || exit /b 1
for /f "tokens=1,* delims==" %%a in ('findstr /c:"java.home =" "%HERE%opencl\target\java.txt"') do for /f "tokens=* delims= " %%h in ("%%b") do set "JAVA=%%h\bin\java.exe"
"%JAVA%" -jar "%HERE%opencl\target\clarion.jar" %ARGUMENTS%
exit /b %ERRORLEVEL%

:fetch_maven
if not defined MVNW_REPOURL (
    echo mvnw: no Maven 3.8 or newer was found: install it, or name a Maven repository in MVNW_REPOURL to fetch it from 1>&2
    exit /b 1
)
echo mvnw: fetching Maven %MAVEN_VERSION% from MVNW_REPOURL 1>&2
powershell -NoProfile -Command ^
    "$ErrorActionPreference = 'Stop'; $ProgressPreference = 'SilentlyContinue';" ^
    "$work = \"$env:FETCHED.$PID\"; New-Item -ItemType Directory -Force $work | Out-Null; try {" ^
    "  $zip = \"$work\maven.zip\"; $v = $env:MAVEN_VERSION;" ^
    "  (New-Object Net.WebClient).DownloadFile(\"$($env:MVNW_REPOURL.TrimEnd('/'))/org/apache/maven/apache-maven/$v/apache-maven-$v-bin.zip\", $zip);" ^
    "  if ((Get-FileHash -Algorithm SHA512 $zip).Hash -ne $env:MAVEN_SHA512) { throw 'the checksum of the Maven that was fetched is not the one in .mvn\maven-distribution.properties' }" ^
    "  Expand-Archive $zip $work; Move-Item \"$work\apache-maven-$v\" $env:FETCHED" ^
    "} catch { [Console]::Error.WriteLine(\"mvnw: could not fetch Maven: $_\"); exit 1 } finally { Remove-Item -Recurse -Force $work }" || exit /b 1
set "MAVEN=%FETCHED%\bin\mvn.cmd"
exit /b 0
