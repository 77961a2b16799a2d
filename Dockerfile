# Stage 1 makes the virtual environment, stage 2 holds only what runs.
FROM python:3.11-slim-bookworm AS build
WORKDIR /build
RUN python -m venv /opt/venv
COPY pyproject.toml constraints.txt README.md ./
COPY nlp_service nlp_service
RUN /opt/venv/bin/pip install --no-cache-dir -c constraints.txt .

FROM python:3.11-slim-bookworm
RUN useradd --system --uid 10001 --home-dir /app --shell /usr/sbin/nologin nlp
WORKDIR /app
COPY --from=build /opt/venv /opt/venv
COPY models models
COPY corpora/samples corpora/samples
RUN mkdir var && chown nlp:nlp var
ENV PATH=/opt/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    NLP_SERVICE_HOME=/app \
    NLP_SERVICE_HOST=0.0.0.0
USER nlp
VOLUME /app/var
EXPOSE 8600
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s --retries=3 \
  CMD ["python", "-c", "import urllib.request as r; r.urlopen('http://127.0.0.1:8600/readyz', timeout=2)"]
# Listening for other machines needs NLP_SERVICE_API_KEYS; without it the service says so and stops.
CMD ["sh", "-c", "nlp-service db migrate && { nlp-service samples load; exec nlp-service serve; }"]
