@echo off
setlocal
chcp 65001 >nul
cd /d "%~dp0"
set /p WANTED=<python-version.txt
py -%WANTED% -c "" >nul 2>nul
if not errorlevel 1 goto found
for %%F in (python-%WANTED%*-amd64.exe) do "%%F" /passive InstallAllUsers=0 Include_launcher=1 InstallLauncherAllUsers=0
py -%WANTED% -c "" >nul 2>nul
if not errorlevel 1 goto found
if exist "%LOCALAPPDATA%\Programs\Python\Launcher\py.exe" set "PATH=%LOCALAPPDATA%\Programs\Python\Launcher;%PATH%"
py -%WANTED% -c "" >nul 2>nul
if not errorlevel 1 goto found
type no-python.txt
pause
exit /b 1
:found
py -%WANTED% -X utf8 install.py %*
set RESULT=%ERRORLEVEL%
pause
exit /b %RESULT%
