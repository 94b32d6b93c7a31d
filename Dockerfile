# Two pictures from one file:
#   docker build -t candlecast .                       CPU, slim
#   docker build -t candlecast:gpu --target gpu .      CUDA and OpenGL; run with --gpus all
FROM python:3.11-slim AS base
ENV PYTHONUNBUFFERED=1 \
    PIP_DISABLE_PIP_VERSION_CHECK=1 \
    PIP_NO_CACHE_DIR=1 \
    NUMBA_CACHE_DIR=/home/candlecast/.numba \
    CANDLECAST_HOST=0.0.0.0 \
    CANDLECAST_PORT=8050
RUN useradd --create-home --uid 10001 candlecast
WORKDIR /app
COPY requirements.txt constraints.txt ./
RUN pip install -r requirements.txt
# For venues of ccxt (--venue ccxt:NAME, 130 MB): COPY requirements-ccxt.txt ./ and RUN pip install -r requirements-ccxt.txt
COPY . .
# Compiled kernels go into the picture, so that a container starts in seconds.
RUN mkdir -p "$NUMBA_CACHE_DIR" && python app.py --warm-up && chown -R candlecast: /home/candlecast
USER candlecast
EXPOSE 8050
# A processor other than the builder's compiles the kernels once more: the start may take minutes. No proxy is asked.
HEALTHCHECK --interval=15s --timeout=5s --start-period=240s --retries=3 \
    CMD ["python", "-c", "import os, urllib.request as r; r.build_opener(r.ProxyHandler({})).open(f'http://127.0.0.1:{os.environ[\"CANDLECAST_PORT\"]}/healthz', timeout=2)"]
# The address is not loopback, so the program asks for a password: docker run -e CANDLECAST_PASSWORD=... -p 127.0.0.1:8050:8050
CMD ["python", "app.py"]

# A C compiler makes machine code of what paper accounts decide with; it stays behind here.
FROM base AS compiler
USER root
RUN apt-get update && apt-get install -y --no-install-recommends gcc libc6-dev && python scripts/compile_accounts.py

FROM base AS gpu
# "graphics" makes the container toolkit mount the driver's OpenGL; without it EGL falls to software.
ENV NVIDIA_VISIBLE_DEVICES=all \
    NVIDIA_DRIVER_CAPABILITIES=graphics,compute,utility
USER root
RUN apt-get update && apt-get install -y --no-install-recommends libegl1 libgl1 libglvnd0 && rm -rf /var/lib/apt/lists/* \
    && mkdir -p /usr/share/glvnd/egl_vendor.d \
    && printf '%s\n' '{"file_format_version": "1.0.0", "ICD": {"library_path": "libEGL_nvidia.so.0"}}' > /usr/share/glvnd/egl_vendor.d/10_nvidia.json
COPY requirements-gpu.txt ./
RUN pip install -r requirements-gpu.txt "cupy-cuda13x[ctk]==14.2.0"
COPY --from=compiler --chown=candlecast: /home/candlecast/.numba /home/candlecast/.numba
USER candlecast

FROM base AS cpu
COPY --from=compiler --chown=candlecast: /home/candlecast/.numba /home/candlecast/.numba
